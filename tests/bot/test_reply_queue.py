"""The order in which messages get replies, and what the queue takes as answered."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import reply_queue
from bot.reply_queue import ReplyQueue
from dialog import Message, Page
from dialog.message import format_time

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def said(id_: str, author: str, *, age: timedelta | None = None) -> Message:
    return Message(id_, format_time(NOW - age) if age else "", "user", author, "hello")


def reply_to(id_: str) -> Message:
    return Message(f"re {id_}", "", "robot", "Robot", "Hi!", reply_to=id_)


def read(queue: ReplyQueue, *messages: Message, more: bool = False) -> ReplyQueue:
    queue.read(Page(messages, messages[-1].id if messages else queue.cursor, more), NOW)
    return queue


def in_turn(queue: ReplyQueue) -> list[str]:
    """Return the ids in the order of the replies."""
    return [waiting.id for waiting in iter(queue.next_in_turn, None)]


def test_authors_take_turns_and_each_keeps_the_order() -> None:
    max_floods = [said(f"max {number}", "Max") for number in range(4)]
    queue = read(ReplyQueue("start"), *max_floods, said("ann", "Ann"), said("bob", "Bob"))
    assert in_turn(queue) == ["max 0", "ann", "bob", "max 1", "max 2", "max 3"]


def test_an_author_who_just_had_a_turn_waits_for_the_others() -> None:
    queue = read(ReplyQueue("start"), said("max 0", "Max"), said("max 1", "Max"))
    assert queue.next_in_turn()
    read(queue, said("ann 0", "Ann"), said("ann 1", "Ann"))
    assert in_turn(queue) == ["max 1", "ann 0", "ann 1"]


def test_nothing_is_due_before_all_replies_were_read() -> None:
    queue = read(ReplyQueue("start"), said("a", "Ann"), said("b", "Bob"), more=True)
    assert queue.next_in_turn() is None
    read(queue, reply_to("b"))
    assert in_turn(queue) == ["a"]


def test_old_messages_get_no_reply_and_messages_without_a_time_do() -> None:
    old, new = timedelta(hours=1, seconds=1), timedelta(minutes=59)
    queue = read(
        ReplyQueue("start"),
        said("old", "Ann", age=old),
        said("new", "Bob", age=new),
        said("future", "Cem", age=-new),
        said("no time", "Dan"),
        Message("odd", "yesterday", "user", "Eve", "hello"),
        Message("copy", "", "user", "Fay", "hello", extra={"copy_of": "1", "answered": "yes"}),
    )
    assert in_turn(queue) == ["new", "future", "no time", "odd"]


def test_the_checkpoint_is_before_the_first_message_without_a_reply() -> None:
    queue = read(ReplyQueue("start"), said("a", "Ann"), said("b", "Ann"), said("c", "Bob"))
    assert queue.checkpoint == "start"
    assert queue.next_in_turn()
    assert queue.checkpoint == "start"
    read(queue, reply_to("a"), reply_to("c"))
    assert queue.checkpoint == "a"
    read(queue, reply_to("b"))
    assert queue.checkpoint == "re b"


def test_a_full_queue_reads_the_rest_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply_queue, "MOST_WAITING", 2)
    messages = [said(str(number), "Ann") for number in range(5)]
    queue = read(ReplyQueue("start"), *messages, reply_to("3"))
    assert in_turn(queue) == ["0", "1"]
    assert queue.checkpoint == "start"
    read(queue, reply_to("0"), reply_to("1"))
    assert (queue.cursor, queue.checkpoint, queue.is_read) == ("1", "1", False)
    read(queue, *messages[2:], reply_to("3"), reply_to("0"), reply_to("1"))
    assert in_turn(queue) == ["2"]
    read(queue, reply_to("2"))
    assert queue.cursor == "3"
    read(queue, *messages[4:], reply_to("3"), reply_to("0"), reply_to("1"), reply_to("2"))
    assert in_turn(queue) == ["4"]
    read(queue, reply_to("4"))
    assert queue.checkpoint == "re 4"
    assert queue.is_read
