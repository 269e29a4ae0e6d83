"""Starts a real server and a real robot on the disk that a power cut left."""

import time
from collections import Counter
from pathlib import Path

from tests.conftest import running, serving

TIMEOUT = 60.0  # seconds for the replies


def check_start(path: Path, *, replies_to_all: bool = False) -> list[str]:
    """Return what goes wrong when both start on this dialog and a person asks something.

    `replies_to_all`: every message of a person in the dialog must get one reply.
    """
    with (
        serving(path) as server,
        running("robot.py", "--every", "60", "--dialog", str(path)) as (_, line),
    ):
        if str(path) not in line:
            return [f"the robot does not start: {line}"]
        question = server.say("What is 2 + 3?")
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            messages = server.dialog.newest(1000).messages
            replies = Counter(message.reply_to for message in messages if message.reply_to)
            asked = {message.id for message in messages if message.role == "user"}
            if question["id"] in replies and not (replies_to_all and asked - replies.keys()):
                return [f"replied twice: {id_}" for id_, count in replies.items() if count > 1]
            time.sleep(0.02)
    return ["the robot does not reply"]
