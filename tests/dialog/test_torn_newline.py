"""A crash that tears off exactly the newline. The next append ends the line: it is a message."""

import os
from pathlib import Path

import pytest

from dialog import FileStore, Message
from tests.conftest import running
from tests.messages import answered, own, texts

pytestmark = pytest.mark.file


def tear_newline(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def reply(dialog: FileStore, message: Message) -> Message:
    return dialog.append("re", role="robot", reply_to=message.id)


@pytest.mark.parametrize("restarted", [True, False], ids=["restarted", "same process"])
def test_its_nonce_counts(dialog: FileStore, restarted: bool) -> None:
    message = dialog.append("a", nonce="n")
    tear_newline(dialog.path)
    store = FileStore(dialog.path) if restarted else dialog
    assert store.append("a", nonce="n") == message
    assert dialog.newest(9).messages == (message,)


def test_a_robot_does_not_reply_twice(dialog: FileStore) -> None:
    message = dialog.append("hello")
    reply(dialog, message)
    tear_newline(dialog.path)
    with running("robot.py", "--dialog", str(dialog.path)):
        own(dialog, 2)
    assert answered(dialog) == [message.id]
    assert texts(dialog.newest(9).messages)[:2] == ["hello", "re"]
