"""The robot process, seen through its dialog."""

import subprocess
import sys
from pathlib import Path

import pytest

from dialog import Dialog, FileStore
from tests.conftest import HERE, running
from tests.messages import answered, asked, by_hand, emptied, follow, own, replies
from tests.waiting import until

pytestmark = pytest.mark.both


def ask(dialog: Dialog, text: str) -> str:
    """Return the reply of the robot."""
    message = dialog.append(text)
    return next(m.text for m in follow(dialog, message.id) if m.reply_to == message.id)


def test_it_replies_to_a_person_and_makes_remarks(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    message = dialog.append("hello", author="Ann")
    (reply,) = replies(dialog, 1)
    assert (reply.role, reply.author, reply.reply_to) == ("robot", "Robot", message.id)
    first, second = own(dialog, 2)
    assert first.text != second.text


def test_it_replies_to_a_line_appended_by_hand(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    by_hand(dialog, {"text": "hello"})
    assert replies(dialog, 1)[0].reply_to == asked(dialog)[0]


def test_a_robot_that_starts_late_replies_to_every_message_in_order(
    dialog: Dialog, address: str
) -> None:
    for number in range(30):
        dialog.append(f"hello {number}")
        dialog.append("not for you", role="robot")
    with running("robot.py", "--dialog", address):
        replies(dialog, 30)
    assert answered(dialog) == asked(dialog)


def test_it_continues_after_the_dialog_was_emptied(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    dialog.append("hello")
    replies(dialog, 1)
    emptied(dialog)
    dialog.append("hello again")
    replies(dialog, 1)
    assert answered(dialog) == asked(dialog)


@pytest.mark.file
def test_messages_moved_by_an_editor_do_not_get_a_second_reply(
    dialog: FileStore, address: str
) -> None:
    dialog.append("to be deleted")
    with running("robot.py", "--dialog", address):
        dialog.append("hello")
        replies(dialog, 2)
    rest = dialog.path.read_text().splitlines(keepends=True)[1:]
    dialog.path.write_text("".join(rest))
    with running("robot.py", "--dialog", address):
        message = dialog.append("new")
        until(lambda: message.id in answered(dialog))
        own(dialog, 1)
    assert len(answered(dialog)) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[topic.a\n[b]", "line 1"),
        ("[topic.a]\nsay = ['a']\n", "`reply` is empty"),
        (None, "No such file"),
    ],
)
def test_it_exits_with_one_line_if_the_rules_are_not_valid(
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
def test_a_running_robot_uses_saved_rules_if_they_are_valid(
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
        until(lambda: "new rules" in errors.read_text())
        assert ask(dialog, "zorbing") == "In a ball."


@pytest.mark.any
def test_it_names_the_picture_that_a_message_asks_for(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    assert "Moonlit sea" in ask(dialog, "show me the picture moonlit sea")
    assert "Aurora lake" in ask(dialog, "a picture of the aurora, please")
