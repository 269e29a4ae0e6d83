"""Hard cases 26-30: the robot."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from dialog import Dialog, FileStore
from tests.conftest import running
from tests.messages import answered, asked, by_hand, fill, follow, own, replies

pytestmark = pytest.mark.both


def test_26_a_robot_killed_at_any_instant_replies_once(dialog: Dialog, address: str) -> None:
    for round_ in range(3):
        with running("robot.py", "--dialog", address) as (process, _):
            for number in range(8):
                dialog.append(f"hello {round_} {number}")
            replies(dialog, 8 * round_ + 1 + 2 * round_)
            process.kill()
            process.wait()
    with running("robot.py", "--dialog", address):
        replies(dialog, 24)
        own(dialog, 1)
    assert answered(dialog) == asked(dialog)


@pytest.mark.file
def test_26_a_reply_cut_short_by_a_kill_is_written_again(dialog: FileStore) -> None:
    message = dialog.append("hello")
    with dialog.path.open("a") as file:
        file.write(f'{{"role": "robot", "text": "Hel", "reply_to": "{message.id}"')
    with running("robot.py", "--dialog", str(dialog.path)):
        assert replies(dialog, 1)[0].reply_to == message.id


def test_27_the_second_robot_waits_for_the_first_to_end(dialog: Dialog, address: str) -> None:
    command = ("robot.py", "--dialog", address, "--every", "0.05")
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


@pytest.mark.file
def test_28_a_robot_that_starts_on_a_gigabyte_replies_to_new_messages(dialog: FileStore) -> None:
    (answered_message,) = fill(dialog, "hello")
    dialog.append("Hi!", role="robot", reply_to=answered_message.id)
    line = json.dumps({"role": "robot", "text": "x" * 30_000}) + "\n"
    with dialog.path.open("a") as file:
        for _ in range(1000):
            file.write(line * (10**6 // len(line)))
    start = dialog.newest(1).next
    with running("robot.py", "--dialog", str(dialog.path)):
        fill(dialog, "hello again")
        kinds: set[str] = set()
        for message in follow(dialog, start):
            if message.role == "robot":
                kinds.add("reply" if message.reply_to else "remark")
            if kinds == {"reply", "remark"}:
                break
        assert len(answered(dialog)) == 1
    dialog.path.unlink()  # pytest keeps the folders of the last three runs


@pytest.mark.any  # the clock does not depend on the store
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")
def test_29_a_stopped_robot_makes_no_burst_of_remarks_when_it_continues(
    dialog: Dialog, address: str
) -> None:
    with running("robot.py", "--dialog", address, "--every", "0.2") as (robot, _):
        own(dialog, 3)
        os.kill(robot.pid, signal.SIGSTOP)
        remarks_before = len(dialog.newest(100).messages)
        time.sleep(3)  # 15 remarks are missed
        os.kill(robot.pid, signal.SIGCONT)
        continued = time.monotonic()
        own(dialog, remarks_before + 8)
        assert time.monotonic() - continued > 1.0  # a slow machine only makes it longer


def test_30_a_hundred_messages_at_once_get_a_hundred_replies_and_remarks_go_on(
    dialog: Dialog, robot: subprocess.Popen[str]
) -> None:
    by_hand(dialog, *({"text": f"hello {number}"} for number in range(100)))
    replies(dialog, 100)
    own(dialog, 2)
    assert answered(dialog) == asked(dialog)
