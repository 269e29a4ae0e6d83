"""Copies a dialog from one store into another, while people and robots use both.

A copy keeps the author, the time and the order of its original, and stores the original's id. So
copying can be repeated: it adds only new messages, and never copies a copy back to its origin.

Each message is answered in one dialog only. If the original has a reply, the reply is copied too,
and the robot of the target ignores the copy. If the original has no reply yet, the robot of the
target answers the copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dialog.errors import BadCursor, CursorGone, Unavailable
from dialog.extra import ANSWERED, COPY_OF, copied_from, is_answered_elsewhere
from dialog.interface import Dialog
from dialog.message import Message
from dialog.unanswered import unanswered_start

PAGE = 500  # messages read at a time
PATIENCE = 10.0  # seconds to wait for another process, which may have been killed a moment ago


@dataclass
class Copies:
    """What the target has of the source."""

    last: str = ""  # the last original that was copied
    of: dict[str, str] = field(default_factory=dict)  # the copy's id, by the original's
    unanswered: set[str] = field(default_factory=set)  # originals whose replies are not copied

    def add(self, copied: Message, original: str) -> None:
        """Record a copy. Nobody answers a remark, so its id is not kept, to save memory."""
        self.last = original
        if not _is_remark(copied):
            self.of[original] = copied.id


def copy(source: Dialog, target: Dialog) -> Iterator[bool]:
    """Append to `target` each message of `source` that it lacks.

    Yields, for each message of the source, whether it was copied. After a DialogError, another
    call continues where this one stopped.
    """
    if not target.claim("copy", PATIENCE):
        raise Unavailable(
            f"Another process is copying into {target.location}. Wait until it ends, "
            "then run this again."
        )
    # Taken first: later messages count as unanswered, and the replies to the others are read below.
    newest = source.newest(1).messages
    waiting = ids_without_reply(source)
    copies = earlier_copies(source, target)
    last = copies.last
    past_newest = not newest
    for message in everything(source):
        original = copied_from(message)
        from_target = bool(original) and is_in(target, original)
        waits_for_reply = message.role == "user" and not is_answered_elsewhere(message)
        if from_target or message.id in waiting or (past_newest and waits_for_reply):
            copies.unanswered.add(message.id)
        is_answered_there = message.role == "robot" and message.reply_to in copies.unanswered
        is_new = not last and not from_target and not is_answered_there
        if is_new:
            copies.add(_append_copy(target, message, copies), message.id)
        if message.id == last:
            last = ""
        past_newest = past_newest or message in newest
        yield is_new


def earlier_copies(source: Dialog, target: Dialog) -> Copies:
    """Return what was copied before. Raises CursorGone if the source is another dialog now."""
    copies = Copies()
    for message in everything(target):
        if original := copied_from(message):
            copies.add(message, original)
            if not is_answered_elsewhere(message):
                copies.unanswered.add(original)
    if copies.last and not is_in(source, copies.last):
        raise CursorGone(
            f"{target.location} has copies of messages that no longer exist in "
            f"{source.location}, so the new messages cannot be told from the old. "
            "Copy into an empty dialog."
        )
    return copies


def _append_copy(target: Dialog, message: Message, copies: Copies) -> Message:
    is_answered = message.role == "user" and message.id not in copies.unanswered
    return target.append(
        message.text,
        role=message.role,
        author=message.author,
        reply_to=copies.of.get(message.reply_to or ""),
        time=message.time or None,
        extra={COPY_OF: message.id} | ({ANSWERED: "yes"} if is_answered else {}),
    )


def ids_without_reply(dialog: Dialog) -> set[str]:
    """Return the ids of the messages of people that still need a reply, or are too old for one."""
    waiting: set[str] = set()
    for message in everything(dialog, unanswered_start(dialog, datetime.now(UTC))):
        if message.role == "robot":
            waiting.discard(message.reply_to or "")
        elif not is_answered_elsewhere(message):
            waiting.add(message.id)
    return waiting


def everything(dialog: Dialog, cursor: str = "") -> Iterator[Message]:
    """Yield every message after `cursor` or the start, oldest first, until there are no more."""
    cursor, more = cursor or dialog.start(), True
    while more:
        page = dialog.after(cursor, PAGE)
        yield from page.messages
        cursor, more = page.next, page.more


def _is_remark(message: Message) -> bool:
    return message.role == "robot" and not message.reply_to


def is_in(dialog: Dialog, id_: str) -> bool:
    """Return whether the dialog has a message with this id."""
    try:
        dialog.after(id_, 1)
    except (BadCursor, CursorGone):
        return False
    return True
