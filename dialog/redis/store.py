"""A dialog in one stream of a Redis server, for many web processes on many hosts.

A cursor is valid as long as its message exists. So a stream that was emptied, replaced or restored
from an old backup is noticed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from redis import Redis
from redis.client import Pipeline

from dialog.errors import BadCursor, CursorGone, Unavailable
from dialog.extra import copied_from
from dialog.interface import Dialog, Health
from dialog.message import Draft, Message, Page, SkipLog, from_fields
from dialog.redis import pages
from dialog.redis.connection import Connection, RedisUnavailable, load_script
from dialog.redis.dates import page_since
from dialog.redis.entries import Entry, check_cursor, entries_in, message_in
from dialog.redis.follower import Follower
from dialog.redis.health import read_health
from dialog.redis.keys import MESSAGES, once_key, role_key
from dialog.redis.lease import Lease
from dialog.redis.recent import RecentMessages
from dialog.redis.search import search_page
from dialog.redis.trim import trim_stream

CACHED_PAGES = 64
REMEMBERED = 6 * 3600  # seconds that Redis remembers a nonce


class RedisStore(Dialog):
    """The dialog on the Redis server at `address`. Raises ValueError if it is not an address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._connection = Connection(address)
        self.location = self._connection.location
        self._append = load_script(self._connection.redis, "append")
        self._skipped = SkipLog(MESSAGES)
        self._leases: dict[str, Lease] = {}
        self._follower: Follower | None = None
        self._recent_page = lru_cache(CACHED_PAGES)(RecentMessages.after)

    # Reading.

    def after(self, cursor: str, limit: int) -> Page:
        """Return the first `limit` messages after `cursor`.

        Raises BadCursor, CursorGone, Unavailable.
        """
        check_cursor(cursor)
        with self._use(pages.UNREADABLE) as redis:
            return pages.page_after(redis, self._parse, cursor, limit)

    def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:
        """Return the same as `after` if a watch keeps that page in memory, otherwise None."""
        follower = self._follower
        recent = follower.recent if follower else None
        return self._recent_page(recent, cursor, limit) if recent and not fresh else None

    def before(self, cursor: str, limit: int) -> Page:
        """Return the last `limit` messages before the message whose id is `cursor`.

        `next` is the cursor for older messages; `more` tells whether there are any. Raises
        BadCursor, CursorGone, Unavailable.
        """
        check_cursor(cursor)
        with self._use(pages.UNREADABLE) as redis:
            return pages.page_before(redis, self._parse, cursor, limit)

    def newest(self, limit: int) -> Page:
        """Return the last `limit` messages; `next` is the cursor behind them.

        Raises Unavailable.
        """
        with self._use(pages.UNREADABLE) as redis:
            return pages.newest_page(redis, self._parse, limit)

    def search(self, text: str, limit: int, before: str | None = None) -> Page:
        """Return the last `limit` messages that contain `text`; see `Dialog.search`."""
        if before is not None:
            check_cursor(before)
        with self._use(pages.UNREADABLE) as redis:
            return search_page(redis, text, before, limit)

    def since(self, time: str, limit: int) -> Page:
        """Return the first `limit` messages from `time` on. Raises Unavailable."""
        with self._use(pages.UNREADABLE) as redis:
            return page_since(redis, self._parse, time, limit)

    def message(self, id_: str) -> Message | None:
        """Return the message with this id, or None if no message has it. Raises Unavailable."""
        try:
            check_cursor(id_)
        except (BadCursor, CursorGone):
            return None
        with self._use(pages.UNREADABLE) as redis:
            messages = self._parse(entries_in(redis.xrange(MESSAGES, id_, id_)))
        return messages[0] if messages else None

    def end(self) -> str:
        """Return the cursor behind the last message. Raises Unavailable."""
        with self._use(pages.UNREADABLE) as redis:
            return pages.end(redis)

    def start(self) -> str:
        """Return the cursor before the first message. Raises Unavailable."""
        with self._use(pages.UNREADABLE) as redis:
            return pages.start(redis)

    def surviving_cursor(self, cursor: str) -> str | None:
        """Return `cursor` if it is valid, or the nearest valid cursor before it.

        Returns None if the cursor is one of another store. Raises Unavailable.
        """
        try:
            check_cursor(cursor)
        except (BadCursor, CursorGone):
            return None
        with self._use(pages.UNREADABLE) as redis:
            return pages.last_id(redis, cursor)

    def _parse(self, entries: Iterable[Entry]) -> tuple[Message, ...]:
        """Return the messages in these entries. Log each entry that is not a message once."""
        messages = []
        for id_, fields in entries:
            try:
                messages.append(message_in(id_, fields))
            except ValueError as error:
                self._skipped.report(id_, error)
        return tuple(messages)

    # Writing.

    def append_all(self, drafts: Sequence[Draft]) -> list[Message]:
        """Append several messages and return them once Redis has stored them.

        A message gets one reply of the robot, and is copied once, however often it is tried. After
        Unavailable, some of the messages may be stored; a `nonce` makes it safe to append them
        again. Raises ValueError for a draft that could not be read back.
        """
        for draft in drafts:
            from_fields(draft.fields(), "")
        with self._use("The message was not acknowledged. Send it again") as redis:
            pipeline = redis.pipeline(transaction=False)
            for draft in drafts:
                self._queue(draft, pipeline)
            answers = pipeline.execute(raise_on_error=False)
            if error := next((a for a in answers if isinstance(a, Exception)), None):
                raise error
        return [
            message_in(id_, dict(zip(fields[::2], fields[1::2], strict=True)))
            for id_, fields in answers
        ]

    def _queue(self, draft: Draft, pipeline: Pipeline) -> None:
        """Add a call of append.lua to the pipeline."""
        stored = {name: value for name, value in draft.fields().items() if value is not None}
        once = ""
        if original := copied_from(draft):
            once = f"copy:{original}"
        elif draft.role == "robot" and draft.reply_to:
            once = f"reply:{draft.reply_to}"
        elif draft.nonce:
            once = f"nonce:{draft.nonce}"
        lease = self._leases.get(draft.role)
        self._append(
            keys=[MESSAGES, once_key(once), role_key(draft.role)],
            args=[
                lease.holder if lease else "",
                REMEMBERED if once else "",
                *(part for field in stored.items() for part in field),
            ],
            client=pipeline,
        )

    def trim(self, size: float | None = None, age: float | None = None) -> int:
        """Drop the oldest messages of a dialog that uses too much memory or is too old.

        Returns the number of bytes freed, as Redis estimates them; see `Dialog.trim`. Raises
        Unavailable.
        """
        with self._use("The dialog was not trimmed") as redis:
            return trim_stream(redis, size, age)

    # Watching, claiming, checking.

    @contextmanager
    def watch(self, notify: Callable[[], None]) -> Iterator[None]:
        """Call `notify`, from another thread, whenever the dialog may have changed.

        Meanwhile the newest messages are kept in memory. While Redis does not answer, all other
        methods raise Unavailable at once instead of waiting for it.
        """
        with Follower(Connection(self.address), self._parse, notify) as follower:
            self._follower = follower
            try:
                yield
            finally:
                self._follower = None

    def claim(self, role: str, timeout: float | None = None) -> bool:
        """Become the only process with `role` in this dialog, until this process ends.

        A process that stops or is disconnected for LEASE seconds can lose its role. Then it cannot
        append in that role until it has the role again.
        """
        lease = Lease(self._connection.redis, role_key(role))
        if not lease.wait(timeout):
            lease.leave()
            return False
        self._leases[role] = lease
        return True

    def health(self) -> Health:
        """Return why messages cannot be written, if so, and warnings for the operator."""
        try:
            with self._use("Messages cannot be written") as redis:
                return read_health(redis)
        except Unavailable as error:
            return Health(str(error), [])

    @contextmanager
    def _use(self, failure: str) -> Iterator[Redis]:
        """Yield the client; `failure` says what was not done if Redis does not answer."""
        follower = self._follower
        if follower and follower.trouble:
            raise RedisUnavailable(follower.trouble, failure)
        with self._connection.use(failure) as redis:
            yield redis
