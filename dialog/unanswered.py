"""Finds the messages that need a reply, by reading only the end of a dialog.

A remark of the robot carries a checkpoint from time to time: a cursor before which every message
has its reply or needs none. So the cost does not depend on the length of the dialog.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from dialog.extra import CHECKPOINT, copied_from, is_answered_elsewhere
from dialog.interface import Dialog
from dialog.message import Message

log = logging.getLogger(__name__)

MAX_AGE = timedelta(hours=1)  # older messages get no reply
PAGE = 100  # messages read at a time
LINE_OVERHEAD = 150  # bytes of a line besides its text, roughly
MOST_SEARCHED = 3_000_000  # bytes of robot lines; the robot stores a checkpoint every few seconds


def needs_reply(message: Message, now: datetime) -> bool:
    """Return whether a person wrote the message within MAX_AGE. Ignores replies in this dialog."""
    return (
        message.role == "user" and not is_answered_elsewhere(message) and not is_old(message, now)
    )


def is_old(message: Message, now: datetime) -> bool:
    """Return whether the message is older than MAX_AGE. A message without a time is new."""
    time = _time(message)
    return time is not None and now - time > MAX_AGE


def unanswered_start(dialog: Dialog, now: datetime) -> str:
    """Return a cursor that is before every message that needs a reply.

    This is the newest valid checkpoint, or an earlier end of the search:

    - A reply to a message that no longer has this id, because an edit of the file moved the lines.
      All messages before such a reply count as answered.
    - A page of messages that are all older than MAX_AGE.
    - MOST_SEARCHED bytes of the robot's lines. Only an older robot stores that much without a
      checkpoint.

    Raises CursorGone, Unavailable.
    """
    searched = 0
    for messages in _pages_backwards(dialog):
        for message in reversed(messages):
            if message.role == "user" or copied_from(message):
                continue
            checkpoint = message.extra.get(CHECKPOINT)
            if checkpoint and (cursor := dialog.surviving_cursor(checkpoint)):
                return cursor
            if message.reply_to and not dialog.surviving_cursor(message.reply_to):
                return message.id
            searched += LINE_OVERHEAD + len(message.text)
        if messages and _are_old(messages, now):
            return messages[0].id
        if messages and searched > MOST_SEARCHED:
            log.warning(
                "The newest %d bytes of the robot's lines have no checkpoint, so messages before "
                "%s get no reply.",
                searched,
                messages[0].id,
            )
            return messages[0].id
    return dialog.start()


def _pages_backwards(dialog: Dialog) -> Iterator[Sequence[Message]]:
    """Yield the messages of a dialog, newest page first; each page is in order."""
    page = dialog.newest(PAGE)
    yield page.messages
    cursor, more = page.messages[0].id if page.messages else page.next, True
    while more:
        page = dialog.before(cursor, PAGE)
        yield page.messages
        cursor, more = page.next, page.more


def _are_old(messages: Sequence[Message], now: datetime) -> bool:
    """Return whether the messages with a time are old. The times of copies do not count."""
    timed = [m for m in messages if _time(m) is not None and not copied_from(m)]
    return bool(timed) and all(is_old(message, now) for message in timed)


def _time(message: Message) -> datetime | None:
    """Return the time of a message, or None if it has none that can be read."""
    try:
        time = datetime.fromisoformat(message.time)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
