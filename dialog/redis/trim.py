"""Trimming: drops the oldest messages of the stream, so that it does not grow forever."""

from redis import Redis

from dialog.interface import KEPT_BY_TRIM
from dialog.redis.connection import load_script
from dialog.redis.entries import entries_in, milliseconds
from dialog.redis.keys import MESSAGES, START

CHUNK = 1000  # messages dropped at once, so that other commands wait only for a millisecond


def trim_stream(redis: Redis, size: float | None, age: float | None) -> int:
    """Trim to `size` bytes of memory and `age` seconds; see `Dialog.trim`.

    Returns how many bytes were freed, as Redis estimates them. Raises RedisErrors.
    """
    used, length = _memory(redis), redis.xlen(MESSAGES)
    if size and used > size:
        _drop(redis, "+", int(length * (1 - size * KEPT_BY_TRIM / used)))
    now = int(redis.time()[0])
    oldest = entries_in(redis.xrange(MESSAGES, count=1))
    if age and oldest and milliseconds(oldest[0][0]) < (now - age) * 1000:
        _drop(redis, str(int((now - age * KEPT_BY_TRIM) * 1000)), length)
    return max(0, used - _memory(redis))


def _drop(redis: Redis, last_id: str, count: int) -> None:
    """Drop up to `count` of the oldest messages, none of them after `last_id`."""
    script = load_script(redis, "trim")
    while count > 0:
        dropped = script(keys=[MESSAGES, START], args=[last_id, min(count, CHUNK)])
        count = count - CHUNK if dropped == CHUNK else 0


def _memory(redis: Redis) -> int:
    """Return how many bytes of memory the messages use."""
    return redis.memory_usage(MESSAGES) or 0
