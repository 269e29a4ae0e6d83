r"""A dialog in one file: a message a line, nothing else, no second file for state.

Ids and cursors are not stored. `1234-9f0c…` means: byte 1234, the end of a line, behind the bytes
of which `9f0c…` is the hash. So any place is one seek away, appending costs the same at any length,
and a file that was replaced, cut or emptied is noticed: other bytes stand before the cursor.
Only lines that are equal to the last byte cannot be told apart: hand-made ones without a time.

A line may be half written at any look: only what ends in a newline counts. What trim.py drops
from the beginning leaves all other positions as they are.
"""

import errno
import os
import shutil
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from dialog.errors import BadCursor, Busy, CursorGone, DiskFull, Unavailable
from dialog.file.trim import HASHED, Tail, cut, rewrite
from dialog.file.watch import Version, Watch, version
from dialog.interface import Dialog, Health
from dialog.message import (
    CURSOR,
    LONGEST_LINE,
    Draft,
    Message,
    Page,
    Skipped,
    from_line,
    timestamp,
    to_line,
)

BLOCK = 64 * 1024  # bytes read at a time, backwards
PAGE_BYTES = 1024 * 1024  # a page ends after so many bytes, however few messages that gave
CACHED_PAGES = 64
LOCK_TIMEOUT = 5.0  # seconds
BUSY = "Another writer holds the dialog: the message was not saved. Try again in a moment."
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NEARLY_FULL = 100_000_000  # bytes left on the disk
NONCES = 10_000  # remembered at once
NONCE_BYTES = 1024 * 1024  # searched for nonces after a restart: hours of an ordinary chat


class FileStore(Dialog):
    """The dialog in the file at `path`, which the first append makes. Safe between threads."""

    def __init__(self, path: str | Path) -> None:
        # Resolved, so that every process means the same file and the same lock.
        self.path = Path(path).resolve()
        self.location = str(self.path)
        self._mutex = threading.Lock()
        # Not of the thread: the mutex lets one thread at a time come to it.
        self._lock = FileLock(f"{self.path}.lock", thread_local=False)
        self._claims: list[FileLock] = []
        self._nonces: OrderedDict[str, Message] = OrderedDict()
        self._nonces_read_to = _hashed(0, b"")
        self._skipped = Skipped(self.path.name)
        self._watch: Watch | None = None
        # The version is an argument for its sake: a changed file is another question.
        self._cached = lru_cache(CACHED_PAGES)(self._page)

    # Reading. Every transport reads by these, and by nothing else.

    def after(self, cursor: str, limit: int) -> Page:
        """Return the first `limit` messages after `cursor`. BadCursor, CursorGone, Unavailable."""
        return self._cached(self._after, cursor, limit, version(self.path))

    def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:  # noqa: ARG002
        """Return what `after` does: some ten microseconds keep nobody waiting."""
        return self.after(cursor, limit)

    def before(self, cursor: str, limit: int) -> Page:
        """Return the last `limit` messages before the one whose id is `cursor`.

        `next` is the id to give to `before` for those still older, `more` whether there are any.
        BadCursor, CursorGone, Unavailable.
        """
        return self._cached(self._before, cursor, limit, version(self.path))

    def newest(self, limit: int) -> Page:
        """Return the last `limit` messages; `next` is the cursor behind them. Unavailable."""
        return self._cached(self._newest, "", limit, version(self.path))

    def end(self) -> str:
        """Return the cursor behind the last whole line. Unavailable."""
        with self._open() as file:
            return _mark(file, _whole(file))

    def start(self) -> str:
        """Return the cursor before the first line. Unavailable."""
        with self._open() as file:
            return _mark(file, file.start)

    def last_answered(self) -> str:
        """Return the cursor behind the last message that has a reply. Unavailable.

        Found in the raw bytes, backwards, as there may be a gigabyte without one. Where an edit
        of the file moved the lines, it is the cursor behind the reply itself.
        """
        with self._open() as file:
            place = _whole(file)
            while (place := _rfind(file, b'"reply_to"', place)) >= 0:
                place = _back(file, place + 1, 1)
                id_, line = next(_lines(file, place))
                for reply in self._messages(id_, line):
                    if reply.role == "robot" and reply.reply_to and not reply.copy_of:
                        return _kept(file, reply.reply_to) or reply.id
            return _mark(file, file.start)

    def _page(
        self, read: Callable[[Tail, str, int], Page], cursor: str, limit: int, _: Version
    ) -> Page:
        with self._open() as file:
            return read(file, cursor, limit)

    def _after(self, file: Tail, cursor: str, limit: int) -> Page:
        start = _offset(file, cursor)
        messages: list[Message] = []
        size = 0
        for id_, line in _lines(file, start):
            size += len(line)
            if len(messages) == limit or size > PAGE_BYTES:
                return Page(tuple(messages), cursor, more=True)
            cursor = id_
            messages += self._messages(id_, line)
        return Page(tuple(messages), cursor, more=False)

    def _before(self, file: Tail, cursor: str, limit: int) -> Page:
        messages, start = self._backwards(file, _back(file, _offset(file, cursor), 1), limit)
        return Page(messages, messages[0].id if messages else cursor, more=start > file.start)

    def _newest(self, file: Tail, _: str, limit: int) -> Page:
        end = _whole(file)
        messages, _start = self._backwards(file, end, limit)
        return Page(messages, _mark(file, end), more=False)

    def _backwards(self, file: Tail, end: int, limit: int) -> tuple[tuple[Message, ...], int]:
        """The last `limit` messages of the lines up to `end`, and where the first one starts."""
        messages: list[Message] = []
        while end > file.start and len(messages) < limit:
            start = _back(file, end, limit - len(messages))
            found = [
                message
                for id_, line in _lines(file, start, end)
                for message in self._messages(id_, line)
            ]
            messages, end = found + messages, start
        return tuple(messages), end

    def _messages(self, id_: str, line: bytes) -> Iterator[Message]:
        """The message in `line`, if it is one. If not, the log says so, once."""
        try:
            yield from_line(line, id_)
        except ValueError as error:
            self._skipped.report(id_, error)

    @contextmanager
    def _open(self) -> Iterator[Tail]:
        try:
            with self.path.open("rb") as file:
                yield Tail(file)
        except FileNotFoundError:
            yield Tail(BytesIO())  # a dialog in which nobody has spoken yet
        except OSError as error:
            raise Unavailable(f"The dialog cannot be read: {error.strerror}.") from error

    # Writing.

    def append_all(self, drafts: Sequence[Draft]) -> list[Message]:
        """Add messages, which share the lock, the write and the flush to the disk: all or none.

        Busy, DiskFull, Unavailable: nothing was written.
        """
        with self._writing() as file:
            if any(draft.nonce for draft in drafts):
                self._read_nonces()
            new = {  # by nonce: the same one may come several times at once
                draft.nonce or number: to_line(
                    draft._replace(time=draft.time or timestamp()).fields()
                )
                for number, draft in enumerate(drafts)
                if draft.nonce not in self._nonces
            }
            ids = _write(file, list(new.values()))
        said = {key: from_line(new[key], id_) for key, id_ in zip(new, ids, strict=True)}
        return [
            self._nonces.get(draft.nonce or "") or said[draft.nonce or number]
            for number, draft in enumerate(drafts)
        ]

    def trim(self, size: float | None = None, age: float | None = None) -> int:
        """Drop the oldest part, if there are more bytes than `size` or messages older than `age` s.

        Returns how many bytes went. A quarter more goes than has to, so as not to trim at every
        message. Cursors and ids of what stays are good as before; others are gone. Busy, DiskFull,
        Unavailable: nothing was dropped.
        """
        with self._open() as file:
            start, chosen = file.start, cut(file, size, age)
        try:
            if chosen and rewrite(self.path, chosen, self._locked()):
                return chosen.starts_at - start
        except OSError as error:
            raise _meaning(error, "The dialog was not trimmed") from error
        return 0

    @contextmanager
    def _writing(self) -> Iterator[BinaryIO]:
        """The file, opened to append, while no other writer has it."""
        try:
            with self._locked(), self.path.open("a+b", buffering=0) as file:
                yield file
        except OSError as error:
            raise _meaning(error, "The message was not saved") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep all other writers out. Busy, OSError."""
        if not self.path.parent.is_dir():  # the lock would make it, on the wrong disk perhaps
            raise FileNotFoundError(errno.ENOENT, "its folder is not there")
        if not self._mutex.acquire(timeout=LOCK_TIMEOUT):
            raise Busy(BUSY)
        try:
            with self._lock.acquire(timeout=LOCK_TIMEOUT, poll_interval=0.005):
                yield
        except Timeout as error:
            raise Busy(BUSY) from error
        finally:
            self._mutex.release()

    def _read_nonces(self) -> None:
        """Learn the nonces of messages, whichever process wrote them, but the oldest."""
        with self._open() as file:
            try:
                start = _offset(file, self._nonces_read_to)
            except CursorGone:
                self._nonces.clear()
                start = file.start
            tail = _back(file, file.end() - NONCE_BYTES, 1)
            for id_, line in _lines(file, max(start, tail)):
                self._nonces_read_to = id_
                if b'"nonce"' in line:
                    self._remember(self._messages(id_, line))

    def _remember(self, messages: Iterator[Message]) -> None:
        for message in messages:
            if message.nonce:
                self._nonces[message.nonce] = message
                if len(self._nonces) > NONCES:
                    self._nonces.popitem(last=False)

    # Around both.

    def watch(self, ring: Callable[[], None]) -> Watch:
        """Call `ring`, from a thread of its own, whenever the dialog may have changed.

        A ring carries no news: read after the cursor. Use it as a context manager.
        """
        self._watch = Watch(self.path, ring)
        return self._watch

    def claim(self, role: str, timeout: float | None = None) -> bool:
        """Become the only process with `role`: hold a lock file beside the dialog. Unavailable."""
        lock = FileLock(f"{self.path}.{role}.lock")
        try:
            lock.acquire(timeout=-1 if timeout is None else timeout)
        except Timeout:
            return False
        except OSError as error:
            raise Unavailable(f"{lock.lock_file} cannot be locked: {error.strerror}.") from error
        self._claims.append(lock)
        return True

    def health(self) -> Health:
        """Look at the folder, the file and the disk; nothing is written."""
        return Health(self._trouble(), self._warnings())

    def _trouble(self) -> str | None:
        """Say what keeps messages from being written, as far as looking tells; None: nothing."""
        if not self.path.parent.is_dir():
            return "Its folder is not there."
        if self.path.exists() and not self.path.is_file():
            return f"{self.path.name} is not a file."
        for path in (self.path.parent, self.path):  # the lock stands in the folder
            if path.exists() and not os.access(path, os.R_OK | os.W_OK):
                return f"{path.name} is not ours to read and write."
        return None

    def _warnings(self) -> list[str]:
        found = []
        if "DYNO" in os.environ:
            found.append(
                "Each dyno has a disk of its own, emptied at every restart: "
                f"server and robot share {self.path.name} only if both run in this one."
            )
        with suppress(OSError):  # trouble() tells
            free = shutil.disk_usage(self.path.parent).free
            if free < NEARLY_FULL:
                found.append(f"The disk is nearly full: {free // 1_000_000} MB are left.")
        if self._watch and not self._watch.has_events:
            found.append("No events come from the file system: changes are seen within a second.")
        return found


def _hashed(offset: int, before: bytes) -> str:
    """The cursor for `offset`; `before` is what stands in front of it, as far as HASHED."""
    return f"{offset}-{blake2b(before[-HASHED:], digest_size=8).hexdigest()}"


def _mark(file: Tail, offset: int) -> str:
    start = max(0, offset - HASHED)
    file.seek(start)
    return _hashed(offset, file.read(offset - start))


def _offset(file: Tail, cursor: str) -> int:
    """Where `cursor` points, if that is still the place that it was made for."""
    if not CURSOR.fullmatch(cursor):
        raise BadCursor("This is no cursor that this chat gave out.")
    offset = _number(cursor)
    if not file.start <= offset <= file.end() or _mark(file, offset) != cursor:
        raise CursorGone("The dialog was replaced or cut since: load the newest messages anew.")
    return offset


def _number(cursor: str) -> int:
    return int(cursor.partition("-")[0])


def _kept(file: Tail, cursor: str) -> str | None:
    """The cursor, or the one before the first line where it was dropped; None: never from here."""
    with suppress(BadCursor, CursorGone):
        _offset(file, cursor)
        return cursor
    dropped = CURSOR.fullmatch(cursor) and _number(cursor) < file.start
    return _mark(file, file.start) if dropped else None


def _whole(file: Tail) -> int:
    """Where the last whole line ends."""
    return _back(file, file.end() + 1, 1)


def _back(file: Tail, end: int, lines: int) -> int:
    """Where the line starts that is `lines` lines before `end`; the first if there are fewer."""
    stop = end - 1  # the newline of the last one
    while stop > file.start:
        start = max(file.start, stop - BLOCK)
        file.seek(start)
        block = file.read(stop - start)
        found = len(block)
        while (found := block.rfind(b"\n", 0, found)) >= 0:
            lines -= 1
            if lines == 0:
                return start + found + 1
        stop = start
    return file.start


def _rfind(file: Tail, sought: bytes, end: int) -> int:
    """Where `sought` stands for the last time before `end`; -1 if it does not."""
    while end > file.start:
        start = max(file.start, end - BLOCK)
        file.seek(start)
        found = file.read(end - start).rfind(sought)
        if found >= 0:
            return start + found
        # It may stand across two blocks.
        end = start + len(sought) - 1 if start > file.start else start
    return -1


def _lines(file: Tail, offset: int, stop: int = sys.maxsize) -> Iterator[tuple[str, bytes]]:
    """Each whole line from `offset` to `stop`: the cursor behind it, and its bytes.

    Of a line that is longer than LONGEST_LINE, only so much that this is seen.
    """
    start = max(0, offset - HASHED)
    file.seek(start)
    before = file.read(offset - start)
    while offset < stop and (line := file.readline(LONGEST_LINE + 1)):
        end = offset + len(line)
        before = (before + line)[-HASHED:]
        while not before.endswith(b"\n"):
            if not (piece := file.readline(BLOCK)):
                return  # half written as yet
            line += piece[: LONGEST_LINE + 1 - len(line)]  # whole by now, or just too long
            end += len(piece)
            before = (before + piece)[-HASHED:]
        yield _hashed(end, before), line
        offset = end


def _write(file: BinaryIO, lines: list[bytes]) -> list[str]:
    """Append lines, to the disk itself, or nothing at all. Returns the cursor behind each."""
    tail = Tail(file)
    end = tail.end()
    start = max(0, end - HASHED)
    tail.seek(start)
    before = tail.read(end - start)
    # A writer may have died in mid-line: what it left must not join ours.
    first = b"" if before[-1:] in {b"", b"\n"} else b"\n"
    try:
        if file.write(first + b"".join(lines)) < len(first) + sum(map(len, lines)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end - tail.dropped)
        raise
    before, end = before + first, end + len(first)
    cursors = []
    for line in lines:
        before, end = (before + line)[-HASHED:], end + len(line)
        cursors.append(_hashed(end, before))
    return cursors


def _meaning(error: OSError, what: str) -> DiskFull | Unavailable:
    """What an error of the system means for the one who wanted something done."""
    if error.errno in FULL:
        return DiskFull(f"The disk is full: {what[0].lower()}{what[1:]}.")
    return Unavailable(f"{what}: {error.strerror}.")
