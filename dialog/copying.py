"""Copies a dialog from one store into another, while people and robots use both.

A copy keeps the author, the time and the order of its original, and stores the original's id. So
copying can be repeated: it adds only new messages, and never copies a copy back to its origin.

Each message is answered in one dialog only. If the original has a reply, the reply is copied too,
and the robot of the target ignores the copy. If the original has no reply yet, the robot of the
target answers the copy.
"""

from collections.abc import Iterator

from dialog.errors import BadCursor, CursorGone, Unavailable
from dialog.interface import Dialog
from dialog.message import Draft, Message

PAGE = 500  # messages read at a time
PATIENCE = 10.0  # seconds to wait for another process, which may have been killed a moment ago

# Fields that only copies have.
COPY_OF = "copy_of"  # the id of the original
ANSWERED = "answered"  # not empty if the original has a reply


def copied_from(message: Message | Draft) -> str:
    """Return the id of the original, or "" if the message is not a copy."""
    return message.extra.get(COPY_OF, "")


def is_answered_elsewhere(message: Message) -> bool:
    """Return whether the message is a copy whose original has a reply."""
    return bool(message.extra.get(ANSWERED))


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
    # Read first, because each message up to this cursor then has its reply among those read below.
    answered = source.last_answered()
    copies: dict[str, str] = {}  # id of the original to id of its copy, for answered messages
    unanswered: set[str] = set()  # ids of originals whose replies are not copied
    last = ""  # id of the last original that was copied
    for message in everything(target):
        if last_copied := copied_from(message):
            last = last_copied
            if is_answered_elsewhere(message):
                copies[last] = message.id
            else:
                unanswered.add(last)
    if last and not is_in(source, last):
        raise CursorGone(
            f"{target.location} has copies of messages that no longer exist in "
            f"{source.location}, so the new messages cannot be told from the old. "
            "Copy into an empty dialog."
        )
    past_answered = answered == source.start()
    for message in everything(source):
        original = copied_from(message)
        from_target = bool(original) and is_in(target, original)
        waits_for_reply = message.role == "user" and not is_answered_elsewhere(message)
        if from_target or (past_answered and waits_for_reply):
            unanswered.add(message.id)
        new = not last and not from_target and message.reply_to not in unanswered
        if new:
            is_answered = message.role == "user" and message.id not in unanswered
            copied = target.append(
                message.text,
                role=message.role,
                author=message.author,
                reply_to=copies.get(message.reply_to or ""),
                time=message.time or None,
                extra={COPY_OF: message.id} | ({ANSWERED: "yes"} if is_answered else {}),
            )
            if is_answered_elsewhere(copied):
                copies[message.id] = copied.id
        if message.id == last:
            last = ""
        past_answered = past_answered or message.id == answered
        yield new


def everything(dialog: Dialog) -> Iterator[Message]:
    """Yield every message of a dialog, oldest first, until there are no more."""
    cursor, more = dialog.start(), True
    while more:
        page = dialog.after(cursor, PAGE)
        yield from page.messages
        cursor, more = page.next, page.more


def is_in(dialog: Dialog, id_: str) -> bool:
    """Return whether the dialog has a message with this id."""
    try:
        dialog.after(id_, 1)
    except (BadCursor, CursorGone):
        return False
    return True
