"""The robot process: follows the dialog, replies to people, says something every second.

Each message of a person gets one reply, in order, whenever the robot starts or is killed. What it
has answered stands in the dialog, as the `reply_to` of its replies, and nowhere else. One robot
speaks in a dialog; others wait for it to end.

Two threads, so that neither holds up the other: one replies, one speaks.
"""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.knowledge import Knowledge
from bot.rules import Turn
from dialog import (
    GUEST,
    ROBOT,
    CursorGone,
    Dialog,
    DialogError,
    Message,
    dialog_address,
    open_or_exit,
)
from dialog.copying import is_answered_elsewhere
from logs import start_logging

log = logging.getLogger("robot")

HERE = Path(__file__).parent
PAGE = 500  # messages read at a time
RECALLED = 10_000  # messages read at the start
TALKS = 1000  # writers whose talks are remembered at once
TURNS = 60  # messages remembered of each talk


class Memory:
    """What was said lately between the robot and each writer, filled from the dialog alone."""

    def __init__(self) -> None:
        self._talks: OrderedDict[str, deque[Turn]] = OrderedDict()

    def hear(self, message: Message, reply: Message) -> None:
        """Take in a message and its reply."""
        talk = self._talks.setdefault(message.author, deque(maxlen=TURNS))
        talk += Turn("user", message.text), Turn("robot", reply.text)
        self._talks.move_to_end(message.author)
        if len(self._talks) > TALKS:
            self._talks.popitem(last=False)

    def turns(self, writer: str) -> list[Turn]:
        """Return the talk with this writer, oldest first."""
        return list(self._talks.get(writer, ()))


def recall(dialog: Dialog) -> Memory:
    """Recall the talks from the newest messages."""
    page = dialog.newest(RECALLED)
    memory = Memory()
    by_id = {message.id: message for message in page.messages}
    for reply in page.messages:
        if message := by_id.get(reply.reply_to or ""):
            memory.hear(message, reply)
    return memory


def reply_to_all(dialog: Dialog, reply: Callable[[Message, list[Turn]], str]) -> None:
    """Reply to each message of a person that has no reply yet, then to each new one, forever."""
    changed = threading.Event()
    cursor = None
    with dialog.watch(changed.set):
        while True:
            changed.clear()  # before the read: what is appended after it sets this again
            try:
                if cursor is None:
                    # Replies come in order: all before it have theirs.
                    cursor, memory = dialog.last_answered(), recall(dialog)
                page = dialog.after(cursor, PAGE)
                for message in page.messages:
                    if message.role == "user" and not is_answered_elsewhere(message):
                        text = reply(message, memory.turns(message.author))
                        said = dialog.append(text, role="robot", author=ROBOT, reply_to=message.id)
                        memory.hear(message, said)
                    cursor = message.id  # one by one: a page may end in an error
                cursor = page.next
            except CursorGone:
                log.warning("The dialog was replaced or cut: going on behind its last reply.")
                cursor = None
            except DialogError as error:
                log.warning("%s Trying again.", error)
                cursor = None  # the reply may have been written all the same, or by another robot
                time.sleep(1)
            else:
                if not page.more:
                    changed.wait()


def speak(dialog: Dialog, every: float, say: Callable[[int], str]) -> Iterator[None]:
    """Say something each `every` seconds, on a clock that does not drift. Yields after each.

    Ticks that were missed, asleep or stopped, are left out: there is no burst afterwards. They
    are counted from the seconds since 1970, so that another robot goes on where this one was.
    """
    first = int(time.time())
    started = time.monotonic()
    tick = 0
    while True:
        tick = max(tick, int((time.monotonic() - started) / every)) + 1
        time.sleep(max(0.0, started + tick * every - time.monotonic()))
        try:
            dialog.append(say(first + tick), role="robot", author=ROBOT)
        except DialogError as error:
            log.warning("%s Going on with the next.", error)
        yield


def talk(knowledge: Knowledge, *, why: bool) -> None:
    """Talk in the terminal, without a dialog, until the end of the input."""
    turns: deque[Turn] = deque(maxlen=TURNS)
    while True:
        try:
            text = input("you> ")
        except EOFError:
            print()
            return
        reply = knowledge.reply(text, GUEST, turns)
        turns += Turn("user", text), Turn("robot", reply.text)
        print(f"robot> {reply.text}")
        if why:
            print(f"       ({reply.why})")


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; what it leaves out comes from the environment."""
    parser = argparse.ArgumentParser(description="Follow the dialog, reply, speak every second.")
    parser.add_argument("--every", default=1.0, type=seconds, help="seconds between two messages")
    parser.add_argument(
        "--dialog", default=dialog_address(os.environ), help="a path, or redis://..."
    )
    parser.add_argument("--rules", default=HERE / "bot" / "rules.toml", type=Path)
    parser.add_argument("--talk", action="store_true", help="talk in the terminal instead")
    parser.add_argument("--why", action="store_true", help="with --talk: say what matched")
    return parser.parse_args(arguments)


def seconds(text: str) -> float:
    """Read a length of time. ValueError if it is none that one can wait for."""
    value = float(text)
    if not 0.01 <= value <= 86_400:
        raise ValueError
    return value


def main() -> None:
    """Run until a signal ends it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    start_logging()
    wanted = options(sys.argv[1:])
    try:
        knowledge = Knowledge(wanted.rules, place=os.environ.get("WEATHER_PLACE", ""))
    except (OSError, ValueError) as error:
        sys.exit(f"Cannot use the rules: {error}")
    knowledge.follow_rules()
    if wanted.talk:
        talk(knowledge, why=wanted.why)
        return
    dialog = open_or_exit(wanted.dialog)
    every = f"every {wanted.every:g} s"
    print(f"Robot follows {dialog.location} and speaks {every}. Ctrl-C ends it.", flush=True)
    for warning in dialog.health().warnings:
        print(warning, flush=True)
    if not dialog.claim("robot", 0):
        print("Another robot speaks there: this one waits for it to end.", flush=True)
        dialog.claim("robot")

    def reply(message: Message, turns: list[Turn]) -> str:
        return knowledge.reply(message.text, message.author, turns).text

    replying = threading.Thread(target=reply_to_all, args=(dialog, reply), daemon=True)
    replying.start()
    for _ in speak(dialog, wanted.every, knowledge.line):
        if not replying.is_alive():
            sys.exit("The robot can no longer reply: see above. Please report it.")


if __name__ == "__main__":
    main()
