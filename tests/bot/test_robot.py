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
        ("examples = [", "line 1"),
        ("examples = ['a']\n", "`reply` is empty"),
        (None, "not a folder"),
    ],
)
def test_it_exits_with_one_line_if_the_topics_are_not_valid(
    path: Path, tmp_path: Path, content: str | None, reason: str
) -> None:
    topics = tmp_path / "topics"
    if content:
        topics.mkdir()
        (topics / "a.toml").write_text(content)
    command = [sys.executable, "robot.py", "--dialog", str(path), "--rules", str(topics)]
    ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert str(topics) in ended.stderr
    assert reason in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.any
def test_it_ends_cleanly(robot: subprocess.Popen[str]) -> None:
    robot.terminate()
    assert robot.wait(timeout=5) == 0


@pytest.mark.any
def test_a_running_robot_uses_saved_topics_if_they_are_valid(
    dialog: Dialog, address: str, tmp_path: Path
) -> None:
    topic = 'examples = ["zorbing", "do you like zorbing"]\nreply = ["Downhill."]\n'
    topics = tmp_path / "topics"
    topics.mkdir()
    saved = topics / "zorbing.toml"
    saved.write_text(topic)
    errors = tmp_path / "errors"
    with running("robot.py", "--dialog", address, "--rules", str(topics), log=errors):
        assert ask(dialog, "zorbing") == "Downhill."
        saved.write_text(topic + 'not = ["zorbing"]\n')
        until(lambda: "should not have the topic zorbing" in errors.read_text())
        assert f"{saved}, line 3" in errors.read_text()
        assert ask(dialog, "zorbing") == "Downhill."
        saved.write_text(topic.replace("Downhill", "In a ball"))
        until(lambda: "new topics" in errors.read_text())
        assert ask(dialog, "zorbing") == "In a ball."


@pytest.mark.any
def test_be_quiet_pauses_the_remarks_also_of_the_next_robot(dialog: Dialog, address: str) -> None:
    command = ("robot.py", "--dialog", address, "--every", "0.05")
    with running(*command):
        own(dialog, 2)
        assert "ten minutes" in ask(dialog, "be quiet please")
    with running(*command):
        end = dialog.end()
        ask(dialog, "hello")
        ask(dialog, "how old are you")
        assert all(m.reply_to for m in dialog.after(end, 100).messages if m.role == "robot")
        ask(dialog, "you can talk again")
        end = dialog.end()
        until(lambda: len(dialog.after(end, 100).messages) > 1)


@pytest.mark.any
def test_people_in_company_are_left_alone_also_by_the_next_robot(
    dialog: Dialog, address: str
) -> None:
    chatter = ("did you feed the cat", "yes", "i will be at home at eight", "bring some chips")
    for number, text in enumerate(chatter):
        dialog.append(text, author=("Ann", "Bob")[number % 2])
    asked_last = dialog.append("what do you say, robot?", author="Ann")
    for _ in range(2):
        with running("robot.py", "--dialog", address, "--every", "0.05"):
            until(lambda: asked_last.id in answered(dialog))
            own(dialog, 3)
    assert [id_ for id_ in answered(dialog) if id_ != asked(dialog)[0]] == [asked_last.id]


@pytest.mark.any
def test_it_names_the_picture_that_a_message_asks_for(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    assert "Moonlit sea" in ask(dialog, "show me the picture moonlit sea")
    assert "Aurora lake" in ask(dialog, "a picture of the aurora, please")
