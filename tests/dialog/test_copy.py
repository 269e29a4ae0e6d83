"""Copying a dialog from one store to another: each message once, with its reply."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from dialog import Dialog, open_dialog
from dialog.copying import everything
from tests.conftest import HERE, running, serving
from tests.messages import answered, asked, by_hand, emptied, fill, replies
from tests.redis_server import RedisServer
from tests.waiting import until


@pytest.fixture(params=["to Redis", "from Redis"])
def addresses(path: Path, redis_server: RedisServer, request: pytest.FixtureRequest) -> list[str]:
    """The addresses of the source and the target."""
    both = [str(path), redis_server.address()]
    return both if request.param == "to Redis" else both[::-1]


@pytest.fixture
def source(addresses: list[str]) -> Dialog:
    return open_dialog(addresses[0])


@pytest.fixture
def target(addresses: list[str]) -> Dialog:
    return open_dialog(addresses[1])


def copy(*addresses: str) -> str:
    command = [sys.executable, "-m", "dialog", "copy", *addresses]
    return subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True).stdout


def converse(dialog: Dialog, *lines: str) -> None:
    """Append messages, each with a remark and a reply of the robot."""
    for message in fill(dialog, *lines):
        dialog.append("I am all ears.", role="robot")
        dialog.append(f"Re: {message.text}", role="robot", author="Robot", reply_to=message.id)


def contents(dialog: Dialog) -> list[tuple[str, ...]]:
    """Return the fields of each message, with the text that a reply answers."""
    messages = list(everything(dialog))
    by_id = {message.id: message.text for message in messages}
    return [(m.time, m.role, m.author, m.text, by_id.get(m.reply_to or "", "")) for m in messages]


def test_a_copy_keeps_replies_and_times_and_can_be_repeated(
    source: Dialog, target: Dialog, addresses: list[str]
) -> None:
    converse(source, *map(str, range(200)))
    assert "Copied 600 messages" in copy(*addresses)
    assert contents(target) == contents(source)
    assert "Copied 0 messages" in copy(*addresses)
    converse(source, "new")
    assert "Copied 3 messages" in copy(*addresses)
    assert contents(target) == contents(source)


def test_replies_of_people_are_copied_too(
    source: Dialog, target: Dialog, addresses: list[str]
) -> None:
    converse(source, "answered")
    answer = source.newest(1).messages[0]
    (waits,) = fill(source, "not yet")
    to_person = source.append("to a person", author="Bob", reply_to=waits.id)
    source.append("to the robot", author="Bob", reply_to=answer.id)
    copy(*addresses)
    source.append("to Bob", reply_to=to_person.id)
    copy(*addresses)
    assert contents(target) == contents(source)


def test_copied_messages_are_not_copied_back(
    source: Dialog, target: Dialog, addresses: list[str]
) -> None:
    converse(source, "a", "b")
    copy(*addresses)
    converse(target, "c")
    assert "Copied 3 messages" in copy(*addresses[::-1])
    assert contents(source) == contents(target)
    converse(source, "d")
    assert "Copied 3 messages" in copy(*addresses)
    assert "Copied 0 messages" in copy(*addresses[::-1])
    assert contents(source) == contents(target)


def test_a_message_without_a_reply_gets_one_in_the_target(
    source: Dialog, target: Dialog, addresses: list[str]
) -> None:
    fill(target, "was here before")
    converse(source, "answered")
    (message,) = fill(source, "not yet")
    copy(*addresses)
    with running("robot.py", "--dialog", addresses[1]):
        replies(target, 3)
        source.append("Too late.", role="robot", reply_to=message.id)
        copy(*addresses)
        fill(target, "new")
        replies(target, 4)
    assert sorted(map(str, answered(target))) == sorted(asked(target))
    assert "Too late." not in [message.text for message in everything(target)]


def test_a_killed_copy_can_be_continued(
    source: Dialog, target: Dialog, addresses: list[str]
) -> None:
    converse(source, *map(str, range(250)))
    command = [sys.executable, "-m", "dialog", "copy", *addresses]
    for _ in range(2):
        with subprocess.Popen(command, cwd=HERE) as copying:
            some = len(list(everything(target))) + 100
            until(lambda: len(list(everything(target))) >= some)  # noqa: B023  # called here
            copying.kill()
    copy(*addresses)
    assert contents(target) == contents(source)


def test_both_dialogs_can_be_used_during_a_copy(
    source: Dialog, target: Dialog, addresses: list[str]
) -> None:
    converse(source, *map(str, range(100)))
    with (
        serving(addresses[0]) as old,
        serving(addresses[1]) as new,
        running("robot.py", "--dialog", addresses[0], "--every", "0.05"),
        running("robot.py", "--dialog", addresses[1], "--every", "0.05"),
        ThreadPoolExecutor() as pool,
    ):
        for round_ in range(2):
            copying = pool.submit(copy, *addresses)
            for number in range(20):
                old.say(f"old {round_} {number}")
                new.say(f"new {round_} {number}")
            copying.result()
        replies(source, 140)
        copy(*addresses)
        replies(target, 180)
    assert sorted(map(str, answered(target))) == sorted(asked(target))
    texts = [m.text for m in everything(target) if m.role == "user"]
    assert len(texts) == len(set(texts)) == 180
    source_texts = [m.text for m in everything(source) if m.role == "user"]
    assert [text for text in texts if not text.startswith("new")] == source_texts


def test_a_target_with_copies_of_another_dialog_is_refused(
    source: Dialog, target: Dialog, addresses: list[str]
) -> None:
    converse(source, "a")
    copy(*addresses)
    emptied(source)
    by_hand(source, {"text": "another"})
    command = [sys.executable, "-m", "dialog", "copy", *addresses]
    ended = subprocess.run(command, cwd=HERE, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "cannot be told from the old" in ended.stderr
    assert len(list(everything(target))) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_terminal_shows_the_progress(
    source: Dialog, target: Dialog, addresses: list[str]
) -> None:
    import pty  # noqa: PLC0415

    converse(source, *map(str, range(100)))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dialog", "copy", *addresses]
    with subprocess.Popen(command, cwd=HERE, stdout=theirs) as copying:
        copying.wait()
    os.close(theirs)
    with closing(os.fdopen(ours, "rb", 0)) as terminal:
        assert "] 300 of 300 messages" in terminal.read(65536).decode()
