"""Reads pages of messages from the stream.

`parse` returns the messages in a list of entries. All functions raise RedisErrors.
"""

from redis import Redis

from dialog.errors import REPLACED, CursorGone
from dialog.message import Message, Page
from dialog.redis.entries import ParseEntries, entries_in
from dialog.redis.keys import MESSAGES, START

UNREADABLE = "The dialog cannot be read"  # what an error in these functions means


def page_after(redis: Redis, parse: ParseEntries, cursor: str, limit: int) -> Page:
    """Return the first `limit` messages after a well-formed cursor. Raises CursorGone."""
    entries = entries_in(redis.xrange(MESSAGES, cursor, count=limit + 2))
    if entries and entries[0][0] == cursor:
        del entries[0]
    elif cursor != start(redis):
        raise CursorGone(REPLACED)
    page = entries[:limit]
    return Page(parse(page), page[-1][0] if page else cursor, more=len(entries) > limit)


def page_before(redis: Redis, parse: ParseEntries, cursor: str, limit: int) -> Page:
    """Return the last `limit` messages before a well-formed cursor. Raises CursorGone."""
    page_after(redis, parse, cursor, 1)
    messages = _backwards(redis, parse, cursor, limit)
    first = messages[0].id if messages else cursor
    more = bool(messages) and len(redis.xrevrange(MESSAGES, first, count=2) or ()) == 2
    return Page(messages, first, more)


def newest_page(redis: Redis, parse: ParseEntries, limit: int) -> Page:
    """Return the last `limit` messages."""
    last = entries_in(redis.xrevrange(MESSAGES, count=1))
    if not last:
        return Page((), start(redis), more=False)
    cursor = last[0][0]
    messages = _backwards(redis, parse, cursor, limit) + parse(last)
    return Page(messages[-limit:], cursor, more=False)


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


def _backwards(redis: Redis, parse: ParseEntries, cursor: str, limit: int) -> tuple[Message, ...]:
    """Return the last `limit` messages before the entry whose id is `cursor`."""
    messages: tuple[Message, ...] = ()
    more = True
    while more and len(messages) < limit:
        found = entries_in(redis.xrevrange(MESSAGES, cursor, count=limit + 1))
        more = len(found) > limit
        older = [entry for entry in reversed(found) if entry[0] != cursor]
        messages = parse(older) + messages
        cursor = found[-1][0] if found else cursor
    return messages[-limit:]
