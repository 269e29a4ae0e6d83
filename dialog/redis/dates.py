"""Finds the first message of a time in the stream, by bisection."""

from redis import Redis

from dialog.message import Page
from dialog.redis.entries import ParseEntries, entries_in, milliseconds
from dialog.redis.keys import MESSAGES
from dialog.redis.pages import CHUNK, end, last_id, page_after


def page_since(redis: Redis, parse: ParseEntries, time: str, limit: int) -> Page:
    """Return the first `limit` messages from `time` on.

    Compares the times of the messages and not those in the ids, which are newer after a copy.
    """
    low, high = 0, milliseconds(end(redis)) + 1
    earlier = 0  # the last millisecond known to start with an earlier message
    while low < high:
        middle = (low + high) // 2
        messages = parse(entries_in(redis.xrange(MESSAGES, middle, count=1)))
        if messages and messages[0].time < time:
            earlier = milliseconds(messages[0].id)
            low = earlier + 1
        else:
            high = middle
    cursor = last_id(redis, str(max(0, earlier - 1)))
    return page_after(redis, parse, _skip_earlier(redis, parse, time, cursor), limit)


def _skip_earlier(redis: Redis, parse: ParseEntries, time: str, cursor: str) -> str:
    """Return the cursor behind the messages after `cursor` that are earlier than `time`."""
    more = True
    while more:
        page = page_after(redis, parse, cursor, CHUNK)
        for message in page.messages:
            if message.time >= time:
                return cursor
            cursor = message.id
        cursor, more = page.next, page.more
    return cursor
