"""Searches the stream backwards, without an index. Redis picks the entries that may match."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from redis import Redis

from dialog.errors import REPLACED, CursorGone
from dialog.message import Message, Page
from dialog.redis.connection import load_script
from dialog.redis.entries import message_in
from dialog.redis.keys import MESSAGES
from dialog.redis.pages import start
from dialog.searching import Budget, Query

CHUNK = 250  # entries that Redis looks at in a millisecond, while its other clients wait


def search_page(redis: Redis, text: str, before: str | None, limit: int) -> Page:
    """Return the last `limit` messages that contain `text`, among those before a cursor or the end.

    Ends early when its budget is spent. Raises CursorGone, RedisErrors.
    """
    if before and not redis.xrange(MESSAGES, before, before) and before != start(redis):
        raise CursorGone(REPLACED)
    query, budget = Query(text), Budget()
    script = load_script(redis, "search")
    ascii_text = query.folded if query.folded.isascii() else ""
    cursor, more = before or "+", True
    messages: list[Message] = []
    while more:
        count, size, oldest, found = script(keys=[MESSAGES], args=[cursor, CHUNK, ascii_text])
        cursor, more = oldest or cursor, count == CHUNK
        for message in _matching(found, query):
            messages.append(message)
            if len(messages) == limit:
                return Page(_in_order(messages), message.id, more or message.id != oldest)
        if not budget.spend(size):
            break
    return Page(_in_order(messages), start(redis) if cursor == "+" else cursor, more)


def _matching(found: Iterable[tuple[str, list[str]]], query: Query) -> Iterator[Message]:
    """Yield the messages that match, given entries as Lua returns them."""
    for id_, fields in found:
        with suppress(ValueError):  # not a message
            message = message_in(id_, dict(zip(fields[::2], fields[1::2], strict=True)))
            if query.matches(message):
                yield message


def _in_order(newest_first: list[Message]) -> tuple[Message, ...]:
    return tuple(reversed(newest_first))
