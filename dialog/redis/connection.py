"""Connects to a Redis server and explains its errors in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004  # only the one of Redis is used here
    RedisError,
    TimeoutError,  # noqa: A004
)
from redis.retry import Retry

from dialog.errors import Unavailable
from dialog.redis.keys import MESSAGES

TIMEOUT = 3.0  # seconds for an answer; the server process has five to shut down
SCRIPTS = Path(__file__).parent

# Parts of the error messages of Redis and of append.lua, and what they mean.
MEMORY_FULL = "Redis is full. Raise its maxmemory, or limit the dialog with --keep"
CANNOT_SAVE = "Redis cannot save to its disk. Check that disk"
READ_ONLY = "Redis is read-only, because this is the address of a replica. Use the primary"
NOT_A_STREAM = f"The key {MESSAGES} on Redis is not a stream. Delete it, or use another database"
REASONS = {
    "OOM": MEMORY_FULL,
    "OutOfMemory": MEMORY_FULL,
    "MISCONF": CANNOT_SAVE,
    "ReadOnly": READ_ONLY,
    "READONLY": READ_ONLY,
    "LOST": "Another process has this role now",
    "NoPermission": "Redis forbids a command that the chat needs. Check the user's permissions",
    "WRONGTYPE": NOT_A_STREAM,
}


class RedisUnavailable(Unavailable):
    """A command to Redis failed, for a `reason`. `failure` says what that means for the caller."""

    def __init__(self, reason: str, failure: str) -> None:
        super().__init__(f"{reason}. {failure}.")
        self.reason = reason


class Connection:
    """A client of the Redis server at `address`. Raises ValueError if it is not an address."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self.location = (
            f"{url.scheme}://{url.hostname}:{url.port or 6379}/{url.path.strip('/') or 0}"
        )
        options: dict[str, Any] = {}
        if url.scheme == "rediss" and "DYNO" in environ and "ssl_cert_reqs" not in url.query:
            # Heroku's Redis has self-signed certificates, and Heroku's guide recommends this.
            options["ssl_cert_reqs"] = "none"
        self.redis = Redis.from_url(
            address,
            decode_responses=True,
            encoding_errors="surrogateescape",  # an entry that is not UTF-8 must not be an error
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),  # the caller decides, before its own time is over
            protocol=2,
            **options,
        )

    @contextmanager
    def use(self, failure: str) -> Iterator[Redis]:
        """Yield the client. Its errors become RedisUnavailable; `failure` says what they mean."""
        try:
            yield self.redis
        except RedisError as error:
            raise RedisUnavailable(reason_of(error), failure) from error

    def close(self) -> None:
        """Close all connections."""
        self.redis.close()


def load_script(redis: Redis, name: str) -> Script:
    """Return the Lua script in the file `name`.lua, ready to be called."""
    return redis.register_script((SCRIPTS / f"{name}.lua").read_text("utf-8"))


def reason_of(error: RedisError) -> str:
    """Return what went wrong, without the address of Redis, because readers of the page see it."""
    if isinstance(error, BusyLoadingError):
        return "Redis is starting and still loads its data"
    if isinstance(error, AuthenticationError):
        return "Redis refuses the user name or the password in the address"
    if isinstance(error, TimeoutError):
        return f"Redis does not answer within {TIMEOUT:g} s"
    if isinstance(error, ConnectionError):
        cause = getattr(error.__context__, "strerror", None)
        return f"Redis cannot be reached: {cause}" if cause else "Redis closed the connection"
    text = f"{type(error).__name__} {error}"
    known = (reason for mark, reason in REASONS.items() if mark in text)
    return next(known, f"Redis refuses the command: {text}")
