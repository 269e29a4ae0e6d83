"""The loop that replies, in a thread of the test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.reply_loop import Answer, Question, ReplyLoop
from dialog import Dialog, FileStore, Page, open_dialog
from dialog.redis.keys import MESSAGES
from tests.messages import fill, redis_of
from tests.redis_server import RedisServer

DEADLINE = 20.0  # seconds


class WrittenDuringRead(FileStore):
    """A dialog in which a person writes just after a page was read, and no later notice comes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._notify: Callable[[], None] | None = None

    @contextmanager
    def watch(self, notify: Callable[[], None]) -> Iterator[None]:  # type: ignore[override]
        self._notify = notify
        yield

    def after(self, cursor: str, limit: int) -> Page:
        page = super().after(cursor, limit)
        if self._notify:
            self.append("hello")
            self._notify()
            self._notify = None
        return page


class ReplyGiven(Exception):
    """Ends the loop, which otherwise runs as long as its process."""


def run(dialog: Dialog, reply: Callable[[Question], Answer | None]) -> None:
    """Run the loop until `reply` raises ReplyGiven. AssertionError after the deadline."""

    def target() -> None:
        with suppress(ReplyGiven):
            ReplyLoop(dialog, reply).run()

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(DEADLINE)
    assert not thread.is_alive()


def test_a_message_written_while_the_loop_reads_gets_a_reply(path: Path) -> None:
    def reply(question: Question) -> Answer:
        raise ReplyGiven

    run(WrittenDuringRead(path), reply)


def test_a_message_deleted_before_its_turn_is_passed_over(redis_server: RedisServer) -> None:
    dialog = open_dialog(redis_server.address())
    fill(dialog, "first")
    (deleted,) = fill(dialog, "deleted")
    dialog.append("by another person", author="Bob")
    fill(dialog, "last")
    replied = []

    def reply(question: Question) -> Answer:
        message = question.message
        replied.append(message.text)
        if message.author == "Bob":
            redis_of(dialog).xdel(MESSAGES, deleted.id)
        if message.text == "last":
            raise ReplyGiven
        return Answer("Hi!")

    run(dialog, reply)
    assert replied == ["first", "by another person", "last"]


def test_a_reply_to_a_message_of_the_robot_addresses_it(path: Path) -> None:
    dialog = FileStore(path)
    remark = dialog.append("Hm.", role="robot")
    other = dialog.append("hello", author="Ann", time="2020-01-01T00:00:00Z")
    dialog.append("to the robot", author="Bob", reply_to=remark.id)
    dialog.append("to Ann", author="Bob", reply_to=other.id)
    dialog.append("to nobody", author="Bob", reply_to="1-x")
    seen = {}

    def reply(question: Question) -> Answer | None:
        seen[question.message.text] = question.addressed
        if question.message.text == "to nobody":
            raise ReplyGiven
        return None

    run(dialog, reply)
    assert seen == {"to the robot": True, "to Ann": False, "to nobody": False}
