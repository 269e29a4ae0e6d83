"""Turns entries of a Redis stream into messages, and checks cursors.

The ids of the stream, such as `1700000000000-0`, are the ids and cursors of the messages. Redis
assigns them, in one order for all hosts, and they contain the time.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from dialog.errors import NOT_A_CURSOR, BadCursor, CursorGone
from dialog.message import LONGEST_LINE, Message, format_time, from_fields

# Wider than an id, because cursors of other stores are gone, not malformed.
CURSOR = re.compile(r"(0|[1-9][0-9]{0,19})-[0-9a-f]{1,20}")
ID = re.compile(r"[0-9]+-(0|[1-9][0-9]*)")
LARGEST_PART = 2**64 - 1  # of an id; people may add an entry with any id by hand

Entry = tuple[str, dict[str, str]]
ParseEntries = Callable[[Iterable[Entry]], tuple[Message, ...]]


def check_cursor(cursor: str) -> None:
    """Raise BadCursor or CursorGone if this cannot be the id of an entry."""
    if not CURSOR.fullmatch(cursor):
        raise BadCursor(NOT_A_CURSOR)
    if not ID.fullmatch(cursor):
        raise CursorGone(
            "The dialog was moved to another store, so this cursor is no longer valid. "
            "Load the newest messages again."
        )
    if max(map(int, cursor.split("-"))) > LARGEST_PART:
        raise BadCursor(NOT_A_CURSOR)


def entries_in(answer: Any) -> list[Entry]:  # noqa: ANN401  # the client's types allow for bytes
    """Return the entries in an answer. An entry that was deleted meanwhile has no fields."""
    return [(id_, fields or {}) for id_, fields in answer or ()]


def milliseconds(id_: str) -> int:
    """Return the time of an entry in milliseconds since 1970."""
    return int(id_.partition("-")[0])


def size_of(entry: Entry) -> int:
    """Return how many bytes the fields of an entry have."""
    _, fields = entry
    parts = (part for field in fields.items() for part in field)
    return sum(len(part.encode(errors="surrogateescape")) for part in parts)


def message_in(id_: str, fields: dict[str, str]) -> Message:
    """Return the message in an entry. Raises ValueError if it is not a message."""
    if sum(map(len, fields.values())) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE} characters")
    return from_fields({"time": _time(id_)} | fields, id_)


def _time(id_: str) -> str:
    """Return the time in an id, or an empty text if no date can express it."""
    try:
        return format_time(datetime.fromtimestamp(milliseconds(id_) / 1000, UTC))
    except (ValueError, OverflowError, OSError):  # the last two on other systems
        return ""
