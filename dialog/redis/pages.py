"""Reads pages of messages from the stream.

`parse` returns the messages in a list of entries. All functions raise RedisErrors.
"""

from collections.abc import Callable, Iterator
from itertools import chain

from redis import Redis

from dialog.errors import REPLACED, CursorGone
from dialog.interface import LINE_BYTES, PAGE_BYTES
from dialog.message import Message, Page
from dialog.redis.entries import Entry, ParseEntries, entries_in, size_of
from dialog.redis.keys import MESSAGES, START

CHUNK = 100  # entries read at once: 3 MB if they are as long as possible
UNREADABLE = "The dialog cannot be read"  # what an error in these functions means


def page_after(redis: Redis, parse: ParseEntries, cursor: str, limit: int) -> Page:
    """Return the first `limit` messages after a well-formed cursor. Raises CursorGone."""
    entries = _walk(redis.xrange, cursor, limit)
    first = next(entries, None)
    if not first or first[0] != cursor:
        if cursor != start(redis):
            raise CursorGone(REPLACED)
        entries = chain([first] if first else [], entries)
    messages, last, more = _read(parse, entries, limit)
    return Page(tuple(messages), last or cursor, more)


def page_before(redis: Redis, parse: ParseEntries, cursor: str, limit: int) -> Page:
    """Return the last `limit` messages before a well-formed cursor. Raises CursorGone."""
    page_after(redis, parse, cursor, 1)
    entries = (entry for entry in _walk(redis.xrevrange, cursor, limit) if entry[0] != cursor)
    messages, first, more = _read(parse, entries, limit)
    return Page(tuple(reversed(messages)), first or cursor, more)


def newest_page(redis: Redis, parse: ParseEntries, limit: int) -> Page:
    """Return the last `limit` messages."""
    entries = _walk(redis.xrevrange, "+", limit)
    last = next(entries, None)
    if not last:
        return Page((), start(redis), more=False)
    messages, *_ = _read(parse, chain([last], entries), limit)
    return Page(tuple(reversed(messages)), last[0], more=False)


def start(redis: Redis) -> str:
    """Return the cursor before the first message."""
    return str(redis.get(START) or "0-0")


def end(redis: Redis) -> str:
    """Return the cursor behind the last message."""
    return last_id(redis, "+")


def last_id(redis: Redis, max_id: str) -> str:
    """Return the id of the last entry up to `max_id`, or the start if that range is empty."""
    entries = entries_in(redis.xrevrange(MESSAGES, max_id, count=1))
    return entries[0][0] if entries else start(redis)


def _read(
    parse: ParseEntries, entries: Iterator[Entry], limit: int
) -> tuple[list[Message], str, bool]:
    """Return the messages of one page, the id of the last entry read, and whether more follow."""
    messages: list[Message] = []
    size, id_ = 0, ""
    for entry in entries:
        if len(messages) == limit or size >= PAGE_BYTES:
            return messages, id_, True
        messages += parse([entry])
        size += max(LINE_BYTES, size_of(entry))
        id_ = entry[0]
    return messages, id_, False


def _walk(read: Callable[..., object], cursor: str, limit: int) -> Iterator[Entry]:
    """Yield the entries from `cursor` on, including its own, in the direction of `read`.

    They are read in chunks, because `limit` long entries at once would take too much memory. If a
    trim drops an entry between two chunks, this ends there, and the next read tells.
    """
    count = min(limit + 2, CHUNK)
    entries = entries_in(read(MESSAGES, cursor, count=count))
    while entries:
        yield from entries
        last = entries[-1][0]
        found = entries_in(read(MESSAGES, last, count=count)) if len(entries) >= count - 1 else []
        entries = found[1:] if found and found[0][0] == last else []
