"""A dialog in one stream of a Redis server, for many web processes on many hosts.

The ids of the stream are the ids and the cursors of messages: Redis gives them, in one order for
all hosts, and the time of a message with them. A cursor is good as long as its message is there.
So a stream that was emptied, replaced or brought back from an old copy is noticed.

All keys begin with `{dialog}:`. `messages` is the stream; what is in it is the dialog, also where
a person wrote it: XADD {dialog}:messages * text hello. The others follow from it: `start`, the
last message that was trimmed; `answered`, the last one that has a reply; `once:...`, which message
came of a nonce or replies to a message; `role:...`, who has a role for some seconds.
"""

import atexit
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from os import environ
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004  # theirs, and no other is meant here
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004
)
from redis.retry import Retry

from dialog.errors import BadCursor, CursorGone, Unavailable
from dialog.file.trim import ROOM
from dialog.interface import Dialog, Health
from dialog.message import CURSOR, LONGEST_LINE, Draft, Message, Page, Skipped, from_fields

log = logging.getLogger(__name__)

KEYS = "{dialog}:"  # the braces keep them together in a cluster
MESSAGES = f"{KEYS}messages"
START = f"{KEYS}start"
ANSWERED = f"{KEYS}answered"

TIMEOUT = 3.0  # seconds for an answer; a server has five to end
BLOCK = 500  # milliseconds that a watch waits for news, before it looks whether all is as it was
AGAIN = 0.5  # seconds between two tries to reach Redis
TAIL = 1000  # newest messages kept in memory
CACHED_PAGES = 64
ONCE = 6 * 3600  # seconds that a nonce is known
LEASE = 3.0  # seconds after which a role is free whose holder is dead, or cut off
RENEWED = 0.5  # seconds between two times that a holder says that it lives
CHUNK = 1000  # messages trimmed at once: others wait for a millisecond

# All or nothing. Whoever had a role and lost it must not speak in it any more.
APPEND = """
local stream, once, answered, role = unpack(KEYS)
local holder, seconds, reply_to = unpack(ARGV, 1, 3)
if holder ~= '' and redis.call('GET', role) ~= holder then
    return redis.error_reply('LOST another one has this role now')
end
local id = seconds ~= '' and redis.call('GET', once)
local known = id and redis.call('XRANGE', stream, id, id)[1]
if known then return known end
id = redis.call('XADD', stream, '*', unpack(ARGV, 4))
if seconds ~= '' then redis.call('SET', once, id, 'EX', seconds) end
if reply_to ~= '' then redis.call('SET', answered, reply_to) end
return {id, {unpack(ARGV, 4)}}
"""

HOLD = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

LEAVE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end"

TRIM = """
local old = redis.call('XRANGE', KEYS[1], '-', ARGV[1], 'COUNT', ARGV[2])
if #old == 0 then return 0 end
redis.call('XTRIM', KEYS[1], 'MAXLEN', redis.call('XLEN', KEYS[1]) - #old)
redis.call('SET', KEYS[2], old[#old][1])
return #old
"""

WRONG = {  # what Redis answers, and what it means
    "OOM": "Redis is full: raise its maxmemory, or trim the dialog with KEEP",
    "OutOfMemory": "Redis is full: raise its maxmemory, or trim the dialog with KEEP",
    "MISCONF": "Redis cannot save to its disk",
    "ReadOnly": "Redis is read-only: this is the address of a replica",
    "READONLY": "Redis is read-only: this is the address of a replica",
    "LOST": "Another process has this role now",
    "NoPermission": "Redis forbids us a command that the chat needs",
    "WRONGTYPE": f"{MESSAGES} is something else than a stream there",
}

Entry = tuple[str, dict[str, str]]


class RedisStore(Dialog):
    """The dialog on the Redis server at `address`. ValueError: it is no address."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self.address = address
        self.location = (
            f"{url.scheme}://{url.hostname}:{url.port or 6379}/{url.path.strip('/') or 0}"
        )
        options: dict[str, Any] = {}
        if url.scheme == "rediss" and "DYNO" in environ and "ssl_cert_reqs" not in url.query:
            # Heroku's Redis signs its own certificates, and its guide says to do this.
            options["ssl_cert_reqs"] = "none"
        self._redis = Redis.from_url(
            address,
            decode_responses=True,
            encoding_errors="surrogateescape",  # what is not UTF-8 is no message, and no error
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),  # who asked decides, before its own time is over
            protocol=2,
            **options,
        )
        self._append = self._redis.register_script(APPEND)
        self._trim = self._redis.register_script(TRIM)
        self._skipped = Skipped(MESSAGES)
        self._leases: dict[str, Lease] = {}
        self._tail: Tail | None = None
        self._down = ""  # why Redis cannot be asked, as far as a watch knows
        self._page = lru_cache(CACHED_PAGES)(Tail.after)

    # Reading.

    def after(self, cursor: str, limit: int) -> Page:
        """Return the first `limit` messages after `cursor`. BadCursor, CursorGone, Unavailable."""
        check(cursor)
        with self._asking("The dialog cannot be read") as redis:
            entries = ranged(redis.xrange(MESSAGES, cursor, count=limit + 2))
            if entries and entries[0][0] == cursor:
                del entries[0]
            elif cursor != first(redis):
                raise CursorGone("The dialog was replaced or cut since: load the newest messages.")
        messages = self._messages(entries[:limit])
        next_ = entries[:limit][-1][0] if entries else cursor
        return Page(messages, next_, more=len(entries) > limit)

    def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:
        """Return what `after` does, from what a watch has put into memory; None: not from there."""
        tail = self._tail
        return self._page(tail, cursor, limit) if tail and not fresh else None

    def before(self, cursor: str, limit: int) -> Page:
        """Return the last `limit` messages before `cursor`. BadCursor, CursorGone, Unavailable."""
        self.after(cursor, 1)
        messages = self._backwards(cursor, limit)
        next_ = messages[0].id if messages else cursor
        with self._asking("The dialog cannot be read") as redis:
            more = bool(messages) and len(redis.xrevrange(MESSAGES, next_, count=2) or ()) == 2
        return Page(messages, next_, more)

    def newest(self, limit: int) -> Page:
        """Return the last `limit` messages; `next` is the cursor behind them. Unavailable."""
        with self._asking("The dialog cannot be read") as redis:
            last = ranged(redis.xrevrange(MESSAGES, count=1))
            if not last:
                return Page((), first(redis), more=False)
        cursor, fields = last[0]
        messages = (*self._backwards(cursor, limit), *self._messages([(cursor, fields)]))
        return Page(messages[-limit:], cursor, more=False)

    def end(self) -> str:
        """Return the cursor behind the last message. Unavailable."""
        with self._asking("The dialog cannot be read") as redis:
            last = ranged(redis.xrevrange(MESSAGES, count=1))
            return last[0][0] if last else first(redis)

    def start(self) -> str:
        """Return the cursor before the first message. Unavailable."""
        with self._asking("The dialog cannot be read") as redis:
            return first(redis)

    def last_answered(self) -> str:
        """Return the cursor behind the last message that the robot replied to here. Unavailable."""
        with self._asking("The dialog cannot be read") as redis:
            last = redis.get(ANSWERED) or "0-0"
            entries = ranged(redis.xrevrange(MESSAGES, str(last), count=1))
            return entries[0][0] if entries else first(redis)

    def _backwards(self, cursor: str, limit: int) -> tuple[Message, ...]:
        """The last `limit` messages before `cursor`, which is there."""
        messages: tuple[Message, ...] = ()
        more = True
        while more and len(messages) < limit:
            with self._asking("The dialog cannot be read") as redis:
                found = ranged(redis.xrevrange(MESSAGES, cursor, count=limit + 1))
            more = len(found) > limit
            older = [entry for entry in reversed(found) if entry[0] != cursor]
            messages = self._messages(older) + messages
            cursor = found[-1][0] if found else cursor
        return messages[-limit:]

    def _messages(self, entries: Iterable[Entry]) -> tuple[Message, ...]:
        """The messages in these entries. What is none is said in the log, once."""
        messages = []
        for id_, fields in entries:
            try:
                messages.append(message_of(id_, fields))
            except ValueError as error:
                self._skipped.report(id_, error)
        return tuple(messages)

    # Writing.

    def append_all(self, drafts: Sequence[Draft]) -> list[Message]:
        """Add messages in one go; by then Redis has them, as safely as it was set to.

        A message gets one reply, and is copied once, whoever tries again. Unavailable: none is
        acknowledged, and nobody knows which are there. A `nonce` makes it safe to try again.
        """
        with self._asking("The message was not acknowledged, send it again") as redis:
            pipeline = redis.pipeline(transaction=False)
            for draft in drafts:
                self._queue(draft, pipeline)
            answers = pipeline.execute(raise_on_error=False)
            if wrong := next((a for a in answers if isinstance(a, Exception)), None):
                raise wrong
        return [
            message_of(id_, dict(zip(found[::2], found[1::2], strict=True)))
            for id_, found in answers
        ]

    def _queue(self, draft: Draft, pipeline: Pipeline) -> None:
        stored: list[str] = []
        for name, value in draft.fields().items():
            stored += [name, value] if value is not None else []
        if draft.copy_of:
            once = f"copy:{draft.copy_of}"
        else:
            once = f"reply:{draft.reply_to}" if draft.reply_to else f"nonce:{draft.nonce}"
        lease = self._leases.get(draft.role)
        self._append(
            keys=[MESSAGES, f"{KEYS}once:{once}", ANSWERED, f"{KEYS}role:{draft.role}"],
            args=[
                lease.holder if lease else "",
                ONCE if draft.copy_of or draft.reply_to or draft.nonce else "",
                draft.reply_to if draft.reply_to and not draft.copy_of else "",
                *stored,
            ],
            client=pipeline,
        )

    def trim(self, size: float | None = None, age: float | None = None) -> int:
        """Drop the oldest part, if it takes more memory than `size` or came over `age` s ago.

        Returns how many bytes of memory that freed, as Redis estimates them. Unavailable.
        """
        with self._asking("The dialog was not trimmed") as redis:
            used, length = memory(redis), redis.xlen(MESSAGES)
            if size and used > size:
                self._drop("+", int(length * (1 - size * ROOM / used)))
            now = int(redis.time()[0])
            oldest = ranged(redis.xrange(MESSAGES, count=1))
            if age and oldest and milliseconds(oldest[0][0]) < (now - age) * 1000:
                self._drop(str(int((now - age * ROOM) * 1000)), length)
            return max(0, used - memory(redis))

    def _drop(self, until: str, count: int) -> None:
        """Drop so many of the oldest messages, as far as they stand before `until`."""
        while count > 0:
            dropped = self._trim(keys=[MESSAGES, START], args=[until, min(count, CHUNK)])
            count = count - CHUNK if dropped == CHUNK else 0

    # Around both.

    @contextmanager
    def watch(self, ring: Callable[[], None]) -> Iterator[None]:
        """Call `ring`, from a thread of its own, whenever the dialog may have changed.

        Meanwhile the newest messages are kept in memory, and while Redis does not answer nobody
        is kept waiting for it: all that asks is Unavailable at once, until it answers again.
        """
        left = threading.Event()
        thread = threading.Thread(target=self._follow, args=(ring, left), name="watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            left.set()
            thread.join()
            self._tail, self._down = None, ""

    def _follow(self, ring: Callable[[], None], left: threading.Event) -> None:
        """Keep the tail as the stream is, and ring whenever it changes."""
        dialog = RedisStore(self.address)  # with a connection of its own, which is always tried
        while not left.is_set():
            tail = self._tail
            try:
                if tail:
                    dialog._wait(tail.next)
                    tail = tail.with_more(dialog.after(tail.next, TAIL))
                else:
                    tail = Tail.of(dialog.newest(TAIL))
            except CursorGone:
                tail = None
            except Down as error:
                if not self._down:
                    log.warning("%s Waiting for it.", error)
                self._down = error.reason
                left.wait(AGAIN)
                continue
            if self._down:
                log.info("Redis answers again.")
            if self._down or tail is not self._tail:
                self._tail, self._down = tail, ""
                ring()
        dialog._redis.close()

    def _wait(self, cursor: str) -> None:
        """Wait until something may have come after `cursor`, but not for long.

        A connection that is lost meanwhile, as where Redis changes its role, says nothing as yet:
        the next read does, on a new one.
        """
        with self._asking("The dialog cannot be read") as redis:
            try:
                redis.xread({MESSAGES: cursor}, count=1, block=BLOCK)
            except (ConnectionError, ResponseError) as error:
                if isinstance(error, ResponseError) and "UNBLOCKED" not in str(error):
                    raise
                redis.connection_pool.disconnect()

    def claim(self, role: str, timeout: float | None = None) -> bool:
        """Be the one process that has `role` in this dialog, until this process ends.

        It is a lease: a process that is stopped or cut off for LEASE seconds can lose it. It can
        then append nothing in that role until it has it again.
        """
        lease = Lease(self._redis, f"{KEYS}role:{role}")
        if not lease.wait(timeout):
            lease.leave()
            return False
        self._leases[role] = lease
        return True

    def health(self) -> Health:
        """Ask Redis for its role, its memory, its disk and its settings."""
        caveat = self._caveat()
        return Health(self._trouble(), [caveat] if caveat else [])

    def _caveat(self) -> str | None:
        """Say what Redis would have to be set to, so as to lose nothing; None: it is, or is down.

        The settings are those of appending to a disk, and of what goes when memory is full.
        """
        wrong = []
        with suppress(Unavailable), self._asking("Its settings cannot be read") as redis:
            about = redis.info()
            policy = about.get("maxmemory_policy", "noeviction")
            if about.get("maxmemory") and policy != "noeviction":
                wrong.append(f"drops what it chooses when it is full (maxmemory-policy {policy})")
            if about.get("aof_enabled") != 1:
                wrong.append("loses messages when it ends (appendonly no)")
            else:
                try:
                    fsync = redis.config_get("appendfsync").get("appendfsync")
                except ResponseError:
                    wrong.append("does not tell when it writes to its disk (CONFIG is forbidden)")
                else:
                    if fsync != "always":
                        wrong.append(f"can lose the last messages (appendfsync {fsync})")
        return (
            f"Redis {', and '.join(wrong)}: to lose nothing that was acknowledged it needs "
            "appendonly yes, appendfsync always and maxmemory-policy noeviction."
            if wrong
            else None
        )

    def _trouble(self) -> str | None:
        """Say what keeps messages from being written, as far as looking tells; None: nothing."""
        try:
            with self._asking("Nothing can be written") as redis:
                about = redis.info()
                kind = redis.type(MESSAGES)
        except Unavailable as error:
            return str(error)
        if about.get("role") == "slave":
            return f"{WRONG['READONLY']}."
        if about.get("aof_last_write_status", "ok") != "ok":
            return f"{WRONG['MISCONF']}."
        full = 0 < about.get("maxmemory", 0) <= about.get("used_memory", 0)
        if full and about.get("maxmemory_policy") == "noeviction":
            return f"{WRONG['OOM']}."
        if kind not in {"stream", "none"}:
            return f"{WRONG['WRONGTYPE']}."
        return None

    @contextmanager
    def _asking(self, what: str) -> Iterator[Redis]:
        """Redis, to be asked; what goes wrong is Unavailable, and `what` that means."""
        try:
            if self._down:
                raise Down(self._down, what)
            yield self._redis
        except RedisError as error:
            raise Down(meaning(error), what) from error


class Down(Unavailable):
    """Redis cannot be asked: the `reason`, and what that means for the one who did."""

    def __init__(self, reason: str, what: str) -> None:
        super().__init__(f"{reason}. {what}.")
        self.reason = reason


class Lease:
    """A role that one process holds, and goes on trying to hold until it leaves."""

    def __init__(self, redis: Redis, key: str) -> None:
        self.holder = uuid4().hex
        self._redis = redis
        self._key = key
        self._hold = redis.register_script(HOLD)
        self._leave = redis.register_script(LEAVE)
        self._held = threading.Event()
        self._left = threading.Event()
        self._tried = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=key, daemon=True)
        self._thread.start()
        atexit.register(self.leave)  # the next one need not wait

    def wait(self, seconds: float | None) -> bool:
        """Tell whether the role was ours within so many seconds; at least one try is made."""
        self._tried.wait()
        return self._held.wait(seconds)

    def leave(self) -> None:
        """Give the role back."""
        atexit.unregister(self.leave)
        self._left.set()
        self._thread.join(RENEWED)
        with suppress(RedisError):
            self._leave(keys=[self._key], args=[self.holder])

    def _keep(self) -> None:
        while not self._left.is_set():
            with suppress(RedisError):
                if self._hold(keys=[self._key], args=[self.holder, int(LEASE * 1000)]):
                    self._held.set()
            self._tried.set()
            self._left.wait(RENEWED)


@dataclass(frozen=True, eq=False)
class Tail:
    """The newest messages: all that came after the cursor `start`, up to the cursor `next`."""

    start: str
    messages: tuple[Message, ...]
    next: str

    @classmethod
    def of(cls, newest: Page) -> Self:
        """Begin with the newest page of a dialog."""
        start, messages = newest.next, newest.messages
        if messages:
            start = messages[0].id
        return cls(start, messages[1:], newest.next)

    def with_more(self, page: Page) -> "Tail":
        """Go on with what came after it."""
        if page.next == self.next:
            return self
        messages = self.messages + page.messages
        start = messages[-TAIL - 1].id if len(messages) > TAIL else self.start
        return Tail(start, messages[-TAIL:], page.next)

    def after(self, cursor: str, limit: int) -> Page | None:
        """Return the first `limit` messages after `cursor`; None: it is not in here."""
        if cursor == self.next:
            return Page((), cursor, more=False)
        places = (i for i, m in enumerate(reversed(self.messages)) if m.id == cursor)
        behind = len(self.messages) if cursor == self.start else next(places, -1)
        if behind < 0:
            return None
        messages = self.messages[len(self.messages) - behind :][:limit]
        more = behind > limit
        return Page(messages, messages[-1].id if more else self.next, more)


def check(cursor: str) -> None:
    """Raise BadCursor or CursorGone where this cannot be the id of an entry."""
    if not CURSOR.fullmatch(cursor):
        raise BadCursor("This is no cursor that this chat gave out.")
    _, _, number = cursor.partition("-")
    if not number.isdecimal() or (number.startswith("0") and number != "0"):
        raise CursorGone("The dialog was moved since: load the newest messages anew.")


def first(redis: Redis) -> str:
    """Return the cursor before the first message."""
    return str(redis.get(START) or "0-0")


def ranged(answer: Any) -> list[Entry]:  # noqa: ANN401  # the client's types allow for bytes
    """Return the entries of an answer; one that was deleted meanwhile has no fields."""
    return [(id_, fields or {}) for id_, fields in answer or ()]


def memory(redis: Redis) -> int:
    """Return how many bytes the messages take."""
    return redis.memory_usage(MESSAGES) or 0


def milliseconds(id_: str) -> int:
    """Return when this message came, since 1970."""
    return int(id_.partition("-")[0])


def message_of(id_: str, fields: dict[str, str]) -> Message:
    """Make a message of an entry. ValueError: it is none."""
    if sum(map(len, fields.values())) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE} characters")
    time = datetime.fromtimestamp(milliseconds(id_) / 1000, UTC)
    stamp = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return from_fields({"time": stamp} | fields, id_)


def meaning(error: RedisError) -> str:
    """Say what went wrong, without a word of where Redis is: readers see this, too."""
    if isinstance(error, BusyLoadingError):
        return "Redis is starting: it loads its data"
    if isinstance(error, AuthenticationError):
        return "Redis refuses the user name or the password in the address"
    if isinstance(error, TimeoutError):
        return f"Redis does not answer within {TIMEOUT:g} s"
    if isinstance(error, ConnectionError):
        why = getattr(error.__context__, "strerror", None)
        return f"Redis cannot be reached: {why}" if why else "Redis closed the connection"
    said = f"{type(error).__name__} {error}"
    return next((text for mark, text in WRONG.items() if mark in said), f"Redis refuses: {said}")
