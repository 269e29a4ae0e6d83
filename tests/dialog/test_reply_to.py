"""Replies of people beside those of the robot, in both stores."""

from datetime import UTC, datetime

import pytest

from bot.conversations import recent_conversations
from bot.reply_queue import ReplyQueue
from dialog import Dialog
from dialog.unanswered import unanswered_start
from tests.messages import by_hand, fill

pytestmark = pytest.mark.both


def test_a_message_is_found_by_its_id(dialog: Dialog) -> None:
    start = dialog.start()
    messages = fill(dialog, *map(str, range(5)))
    for message in messages:
        assert dialog.message(message.id) == message
    assert dialog.message(start) is None
    assert dialog.message("x") is None
    assert dialog.message("99999-0123456789abcdef") is None


def test_an_entry_that_is_not_a_message_is_not_found(dialog: Dialog) -> None:
    fill(dialog, "first")
    by_hand(dialog, {"author": "Ann"})
    assert dialog.message(dialog.end()) is None


def test_people_can_reply_to_the_same_message_again(dialog: Dialog) -> None:
    (first,) = fill(dialog, "first")
    replies = [dialog.append("yes", author=name, reply_to=first.id) for name in ("Ann", "Bob")]
    assert dialog.newest(9).messages == (first, *replies)


def test_a_reply_of_a_person_is_no_answer(dialog: Dialog) -> None:
    """The robot still answers both messages, and the conversation has no turn of the robot."""
    (first,) = fill(dialog, "hello")
    reply = dialog.append("hi yourself", author="Bob", reply_to=first.id)
    start = unanswered_start(dialog, datetime.now(UTC))
    queue = ReplyQueue(start)
    queue.read(dialog.after(start, 9), datetime.now(UTC))
    found = [queue.next_in_turn(), queue.next_in_turn()]
    assert [waiting.id for waiting in found if waiting] == [first.id, reply.id]
    assert recent_conversations(dialog.newest(100).messages).turns("Guest") == []


def test_a_reply_of_a_person_to_a_removed_message_does_not_end_the_search(dialog: Dialog) -> None:
    start = dialog.start()
    by_hand(dialog, {"text": "hello"}, {"text": "yes", "reply_to": "99999-0123456789abcdef"})
    assert unanswered_start(dialog, datetime.now(UTC)) == start
