"""The robot, in a process of its own, through the file alone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialog import Dialog, Message
from tests.conftest import HERE, running, until


@pytest.fixture
def dialog(path: Path) -> Dialog:
    return Dialog(path)


def follow(dialog: Dialog, cursor: str) -> Iterator[Message]:
    """Each message after the cursor, as it comes. The test's time-out is the deadline."""
    while True:
        page = dialog.after(cursor, 100)
        yield from page.messages
        cursor = page.next
        if not page.more:
            time.sleep(0.01)


def replies(dialog: Dialog, count: int) -> list[Message]:
    """The first so many replies of the robot, once they are there."""
    found = []
    for message in follow(dialog, dialog.start()):
        if message.reply_to:
            found.append(message)
        if len(found) == count:
            break
    return found


def own(dialog: Dialog, count: int) -> list[Message]:
    """The first so many messages that the robot says of its own."""
    said = (m for m in follow(dialog, dialog.start()) if m.role == "robot" and not m.reply_to)
    return [next(said) for _ in range(count)]


def answered(dialog: Dialog) -> list[str | None]:
    return [m.reply_to for m in dialog.newest(10_000).messages if m.reply_to]


def asked(dialog: Dialog) -> list[str]:
    return [m.id for m in dialog.newest(10_000).messages if m.role == "user"]


def test_it_replies_to_a_person_and_speaks_of_its_own(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    said = dialog.append("hello", author="Ann")
    (reply,) = replies(dialog, 1)
    assert (reply.role, reply.author, reply.reply_to) == ("robot", "Robot", said.id)
    first, second = own(dialog, 2)
    assert first.text != second.text


def test_it_replies_to_a_line_by_hand(dialog: Dialog, robot: subprocess.Popen[str]) -> None:
    with dialog.path.open("a") as file:
        file.write('{"text": "hello"}\n')
    assert replies(dialog, 1)[0].reply_to == asked(dialog)[0]


def test_it_starts_late_and_replies_to_all_in_order(dialog: Dialog) -> None:
    for number in range(30):
        dialog.append(f"hello {number}")
        dialog.append("not for you", role="robot")
    with running("robot.py", "--dialog", str(dialog.path)):
        replies(dialog, 30)
    assert answered(dialog) == asked(dialog)


def test_a_hundred_messages_at_once_get_a_hundred_replies_and_the_clock_goes_on(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    with dialog.path.open("a") as file:
        file.writelines(json.dumps({"text": f"hello {number}"}) + "\n" for number in range(100))
    replies(dialog, 100)
    own(dialog, 2)
    assert answered(dialog) == asked(dialog)


def test_killed_at_any_instant_it_replies_once(dialog: Dialog) -> None:
    for round_ in range(8):
        with running("robot.py", "--dialog", str(dialog.path)) as (process, _):
            for number in range(5):
                dialog.append(f"hello {round_} {number}")
            replies(dialog, 5 * round_ + 1 + round_ % 5)
            process.kill()
            process.wait()
    with running("robot.py", "--dialog", str(dialog.path)):
        replies(dialog, 40)
        own(dialog, 1)
    assert answered(dialog) == asked(dialog)


def test_a_reply_torn_by_a_kill_is_given_again(dialog: Dialog) -> None:
    said = dialog.append("hello")
    with dialog.path.open("a") as file:
        file.write(f'{{"role": "robot", "text": "Hel", "reply_to": "{said.id}"')
    with running("robot.py", "--dialog", str(dialog.path)):
        assert replies(dialog, 1)[0].reply_to == said.id


def test_the_second_robot_waits_for_the_first_to_end(dialog: Dialog) -> None:
    command = ("robot.py", "--dialog", str(dialog.path), "--every", "0.05")
    with running(*command) as (first, _), running(*command) as (second, _):
        assert second.stdout
        assert "waits" in second.stdout.readline()
        dialog.append("who is there?")
        replies(dialog, 1)
        first.kill()
        first.wait()
        dialog.append("and now?")
        replies(dialog, 2)
    assert answered(dialog) == asked(dialog)


def test_a_dialog_replaced_under_it_is_followed(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    dialog.append("hello")
    replies(dialog, 1)
    dialog.path.write_text("")
    dialog.append("hello again")
    replies(dialog, 1)
    assert answered(dialog) == asked(dialog)


def test_lines_moved_by_an_editor_are_not_answered_again(dialog: Dialog) -> None:
    dialog.append("to be deleted")
    with running("robot.py", "--dialog", str(dialog.path)):
        dialog.append("hello")
        replies(dialog, 2)
    rest = dialog.path.read_text().splitlines(keepends=True)[1:]
    dialog.path.write_text("".join(rest))
    with running("robot.py", "--dialog", str(dialog.path)):
        said = dialog.append("new")
        while said.id not in answered(dialog):
            time.sleep(0.01)
        own(dialog, 1)
    assert len(answered(dialog)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGSTOP on Windows")
def test_after_a_stop_there_is_no_burst(dialog: Dialog) -> None:
    with running("robot.py", "--dialog", str(dialog.path), "--every", "0.2") as (robot, _):
        own(dialog, 3)
        os.kill(robot.pid, signal.SIGSTOP)
        before = len(dialog.newest(100).messages)
        time.sleep(3)  # 15 messages are missed
        os.kill(robot.pid, signal.SIGCONT)
        continued = time.monotonic()
        own(dialog, before + 8)
        assert time.monotonic() - continued > 1.0  # a slow machine makes it longer only


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


def test_it_ends_cleanly(robot: subprocess.Popen[str]) -> None:
    robot.terminate()
    assert robot.wait(timeout=5) == 0


def test_saved_rules_are_used_by_the_running_robot_and_faulty_ones_are_not(
    dialog: Dialog, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    shipped = (HERE / "rules.toml").read_text("utf-8")
    topic = '\n[topic.zorbing]\nsay = ["zorbing"]\nreply = ["Downhill."]\ntest = ["zorbing"]\n'
    rules.write_text(shipped + topic)
    errors = tmp_path / "errors"
    with running("robot.py", "--dialog", str(dialog.path), "--rules", str(rules), log=errors):
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


def test_it_names_a_picture_of_the_gallery(dialog: Dialog, robot: subprocess.Popen[str]) -> None:
    assert "Moonlit sea" in ask(dialog, "show me the picture moonlit sea")
    assert "Aurora lake" in ask(dialog, "a picture of the aurora, please")
