"""Copying a dialog from one store into another, while people and robots speak in both.

A copy keeps its author, its time and its place among the copies, and says what it is a copy of.
So it can be repeated, and brings what is new; and what was copied there is not copied back.

Each message is replied to in one place. One that has its reply comes with it, and is left alone by
the robot there. One that waits for a reply is answered by the robot where it came to.
"""

from collections.abc import Iterator

from dialog.errors import BadCursor, CursorGone, Unavailable
from dialog.interface import Dialog
from dialog.message import Message

PAGE = 500  # messages read at a time
PATIENCE = 10.0  # seconds that another copy may take to end; one that was killed has ended by then


def copy(source: Dialog, target: Dialog) -> Iterator[bool]:
    """Copy what is not there yet; yields for each message of the source whether it was copied.

    DialogError: it can be repeated, and goes on where it ended.
    """
    if not target.claim("copy", PATIENCE):
        raise Unavailable(f"Another copy into {target.location} is under way.")
    answered = (
        source.last_answered()
    )  # all up to here have their replies, which stand in what follows
    ids: dict[str, str] = {}  # of messages that come with their replies: here, by there
    alone: set[str] = set()  # of messages that do not
    last = ""
    for message in everything(target):
        if message.copy_of:
            last = message.copy_of
            if message.answered:
                ids[last] = message.id
            else:
                alone.add(last)
    if last and not is_in(source, last):
        raise CursorGone(
            f"{target.location} has copies of messages that are not in {source.location} any more: "
            "what is new cannot be told. Copy it into a dialog of its own."
        )
    waiting = answered == source.start()
    for message in everything(source):
        at_home = bool(message.copy_of) and is_in(target, message.copy_of or "")
        if at_home or (waiting and message.role == "user" and not message.answered):
            alone.add(message.id)
        new = not last and not at_home and message.reply_to not in alone
        if new:
            said = target.append(
                message.text,
                role=message.role,
                author=message.author,
                reply_to=ids.get(message.reply_to or ""),
                time=message.time or None,
                copy_of=message.id,
                answered=message.role == "user" and message.id not in alone,
            )
            ids |= {message.id: said.id} if said.answered else {}
        if message.id == last:
            last = ""
        waiting = waiting or message.id == answered
        yield new


def everything(dialog: Dialog) -> Iterator[Message]:
    """Each message, from the first to the one that is the last by then."""
    cursor, more = dialog.start(), True
    while more:
        page = dialog.after(cursor, PAGE)
        yield from page.messages
        cursor, more = page.next, page.more


def is_in(dialog: Dialog, id_: str) -> bool:
    """Whether there is a message with this id."""
    try:
        dialog.after(id_, 1)
    except (BadCursor, CursorGone):
        return False
    return True
