"""Several threads and processes on one dialog: appends at once, and one process for a role."""

import os
import subprocess
import sys
import threading
from functools import partial

import pytest

from dialog import Dialog, Message, open_dialog
from tests import patched
from tests.conftest import HERE
from tests.messages import fill, texts

pytestmark = pytest.mark.both


def append_200(address: str, name: str) -> None:
    """Append 200 messages of different lengths."""
    dialog = open_dialog(address)
    for number in range(200):
        dialog.append(f"{name} {number} " + "x" * (number % 700))


def test_processes_that_append_at_once_lose_no_message(dialog: Dialog, address: str) -> None:
    commands = [patched.command(partial(append_200, address, name)) for name in "abc"]
    writers = [subprocess.Popen([sys.executable, *command], cwd=HERE) for command in commands]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    written = [text.split()[:2] for text in texts(dialog.newest(1000).messages)]
    assert len(written) == 600
    for name in "abc":
        numbers = [number for author, number in written if author == name]
        assert numbers == [str(number) for number in range(200)]


def test_threads_that_append_at_once_get_their_own_messages(dialog: Dialog) -> None:
    appended: list[Message] = []
    threads = [
        threading.Thread(target=lambda: appended.extend(fill(dialog, *"abcde"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.id for message in appended}) == 40
    assert set(dialog.newest(100).messages) == set(appended)


def claim_the_role(address: str) -> None:
    """Print whether the role was claimed, and keep it until the end of the input."""
    dialog = open_dialog(address)
    print(dialog.claim("robot", 0))
    sys.stdin.read()


def test_one_process_has_a_role_until_it_ends(dialog: Dialog, address: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, *patched.command(partial(claim_the_role, address))],
        cwd=HERE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        assert not dialog.claim("robot", 0)
        holder.kill()
    assert dialog.claim("robot", 10)
