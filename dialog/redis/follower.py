"""Follows the stream in a thread: keeps its newest messages in memory and notifies of changes."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from redis.exceptions import (
    ConnectionError,  # noqa: A004  # only the one of Redis is used here
    ResponseError,
)

from dialog.errors import CursorGone
from dialog.redis.connection import Connection, RedisUnavailable
from dialog.redis.entries import ParseEntries
from dialog.redis.keys import MESSAGES
from dialog.redis.pages import UNREADABLE, newest_page, page_after
from dialog.redis.recent import MOST_KEPT, RecentMessages

log = logging.getLogger(__name__)

BLOCK = 500  # milliseconds that Redis waits for new messages before it answers without any
RETRY_INTERVAL = 0.5  # seconds between two attempts to reach Redis


class Follower:
    """A context manager that calls `notify`, from another thread, after each change of the stream.

    `connection` is used by this thread only, and closed at the end.
    """

    def __init__(
        self, connection: Connection, parse: ParseEntries, notify: Callable[[], None]
    ) -> None:
        self.recent: RecentMessages | None = None
        self.trouble = ""  # why Redis cannot be reached; empty if it can
        self._connection = connection
        self._parse = parse
        self._notify = notify
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()
        self._connection.close()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                recent = self._read_on(self.recent)
            except CursorGone:
                recent = None
            except RedisUnavailable as error:
                if not self.trouble:
                    log.warning("%s Waiting for it.", error)
                self.trouble = error.reason
                self._stopped.wait(RETRY_INTERVAL)
                continue
            if self.trouble:
                log.info("Redis answers again.")
            if self.trouble or recent is not self.recent:
                self.recent, self.trouble = recent, ""
                self._notify()

    def _read_on(self, recent: RecentMessages | None) -> RecentMessages:
        """Return the newest messages, once there are new ones or BLOCK has passed."""
        if recent:
            self._wait(recent.next)
        with self._connection.use(UNREADABLE) as redis:
            if recent:
                return recent.with_more(page_after(redis, self._parse, recent.next, MOST_KEPT))
            return RecentMessages.of(newest_page(redis, self._parse, MOST_KEPT))

    def _wait(self, cursor: str) -> None:
        """Wait until there may be messages after `cursor`, at most BLOCK.

        Redis ends the wait, or closes the connection, when its role changes. The next read, on a
        new connection, shows whether that is an error.
        """
        with self._connection.use(UNREADABLE) as redis:
            try:
                redis.xread({MESSAGES: cursor}, count=1, block=BLOCK)
            except (ConnectionError, ResponseError) as error:
                if isinstance(error, ResponseError) and "UNBLOCKED" not in str(error):
                    raise
                redis.connection_pool.disconnect()
