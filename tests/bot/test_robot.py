"""The robot, in a process of its own, through the dialog alone."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from dialog import Dialog, FileStore
from tests.conftest import HERE, running
from tests.messages import answered, asked, by_hand, emptied, follow, own, replies
from tests.waiting import until

pytestmark = pytest.mark.both


def test_it_replies_to_a_person_and_speaks_of_its_own(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    said = dialog.append("hello", author="Ann")
    (reply,) = replies(dialog, 1)
    assert (reply.role, reply.author, reply.reply_to) == ("robot", "Robot", said.id)
    first, second = own(dialog, 2)
    assert first.text != second.text


def test_it_replies_to_a_line_by_hand(dialog: Dialog, robot: subprocess.Popen[str]) -> None:
    by_hand(dialog, {"text": "hello"})
    assert replies(dialog, 1)[0].reply_to == asked(dialog)[0]


def test_it_starts_late_and_replies_to_all_in_order(dialog: Dialog, address: str) -> None:
    for number in range(30):
        dialog.append(f"hello {number}")
        dialog.append("not for you", role="robot")
    with running("robot.py", "--dialog", address):
        replies(dialog, 30)
    assert answered(dialog) == asked(dialog)


def test_a_dialog_replaced_under_it_is_followed(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    dialog.append("hello")
    replies(dialog, 1)
    emptied(dialog)
    dialog.append("hello again")
    replies(dialog, 1)
    assert answered(dialog) == asked(dialog)


@pytest.mark.file
def test_lines_moved_by_an_editor_are_not_answered_again(dialog: FileStore, address: str) -> None:
    dialog.append("to be deleted")
    with running("robot.py", "--dialog", address):
        dialog.append("hello")
        replies(dialog, 2)
    rest = dialog.path.read_text().splitlines(keepends=True)[1:]
    dialog.path.write_text("".join(rest))
    with running("robot.py", "--dialog", address):
        said = dialog.append("new")
        while said.id not in answered(dialog):
            time.sleep(0.01)
        own(dialog, 1)
    assert len(answered(dialog)) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [("[topic.a\n[b]", "line 1"), ("[topic.a]\nsay = ['a']\n", "reply"), (None, "No such file")],
)
def test_rules_that_cannot_be_used_are_told_in_one_line(
    path: Path, tmp_path: Path, content: str | None, reason: str
) -> None:
    rules = tmp_path / "rules.toml"
    if content:
        rules.write_text(content)
    command = [sys.executable, "robot.py", "--dialog", str(path), "--rules", str(rules)]
    ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert str(rules) in ended.stderr
    assert reason in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.any
def test_it_ends_cleanly(robot: subprocess.Popen[str]) -> None:
    robot.terminate()
    assert robot.wait(timeout=5) == 0


@pytest.mark.any
def test_saved_rules_are_used_by_the_running_robot_and_faulty_ones_are_not(
    dialog: Dialog, address: str, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    shipped = (HERE / "bot" / "rules.toml").read_text("utf-8")
    topic = '\n[topic.zorbing]\nsay = ["zorbing"]\nreply = ["Downhill."]\ntest = ["zorbing"]\n'
    rules.write_text(shipped + topic)
    errors = tmp_path / "errors"
    with running("robot.py", "--dialog", address, "--rules", str(rules), log=errors):
        assert ask(dialog, "zorbing") == "Downhill."
        rules.write_text(shipped + topic.replace('test = ["zorbing"]', 'test = ["skating"]'))
        until(lambda: "skating" in errors.read_text())
        assert f"{rules}, line " in errors.read_text()
        assert ask(dialog, "zorbing") == "Downhill."
        rules.write_text(shipped + topic.replace("Downhill", "In a ball"))
        until(lambda: "New rules" in errors.read_text())
        assert ask(dialog, "zorbing") == "In a ball."


def ask(dialog: Dialog, text: str) -> str:
    """What the robot replies."""
    said = dialog.append(text)
    return next(m.text for m in follow(dialog, said.id) if m.reply_to == said.id)


def test_one_can_talk_with_it_in_a_terminal_and_ask_why() -> None:
    command = [sys.executable, "robot.py", "--talk", "--why"]
    talked = subprocess.run(
        command, cwd=HERE, input="hello\n7 * 6\n", capture_output=True, text=True, check=True
    )
    first, why, second, *_ = talked.stdout.splitlines()
    assert first.startswith("you> robot> ")
    assert "greeting" in why
    assert "hello" in why
    assert "42" in second


@pytest.mark.any
def test_it_names_a_picture_of_the_gallery(dialog: Dialog, robot: subprocess.Popen[str]) -> None:
    assert "Moonlit sea" in ask(dialog, "show me the picture moonlit sea")
    assert "Aurora lake" in ask(dialog, "a picture of the aurora, please")
