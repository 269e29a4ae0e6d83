r"""A dialog in one file: a message a line, nothing else, no second file for state.

Ids and cursors are not stored. `1234-9f0c…` means: byte 1234, the end of a line, behind the bytes
of which `9f0c…` is the hash. So any place is one seek away, appending costs the same at any length,
and a file that was replaced, cut or emptied is noticed: other bytes stand before the cursor.
Only lines that are equal to the last byte cannot be told apart: hand-made ones without a time.

A line may be half written at any look: only what ends in a newline counts.
"""

import errno
import logging
import os
import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from dialog.errors import BadCursor, Busy, CursorGone, Full, Unavailable
from dialog.message import GUEST, LONGEST_LINE, Message, Page, from_line, to_line
from dialog.watch import Version, Watch, version

log = logging.getLogger(__name__)

CURSOR = re.compile(r"(0|[1-9][0-9]{0,17})-[0-9a-f]{16}")
HASHED = 1024  # bytes before a cursor that its hash covers
BLOCK = 64 * 1024  # bytes read at a time, backwards
PAGE_BYTES = 1024 * 1024  # a page ends after so many bytes, however few messages that gave
CACHED_PAGES = 64
LOCK_TIMEOUT = 5.0  # seconds
BUSY = "Another writer holds the dialog: the message was not saved. Try again in a moment."
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
REPORTED = 10_000  # bad lines remembered, so as to log each once
NONCES = 10_000  # remembered at once
NONCE_BYTES = 1024 * 1024  # searched for nonces after a restart: hours of an ordinary chat


class Dialog:
    """The dialog in the file at `path`, which the first append makes. Safe between threads."""

    def __init__(self, path: str | Path) -> None:
        # Resolved, so that every process means the same file and the same lock.
        self.path = Path(path).resolve()
        self._mutex = threading.Lock()
        # Not of the thread: the mutex lets one thread at a time come to it.
        self._lock = FileLock(f"{self.path}.lock", thread_local=False)
        self._claims: list[FileLock] = []
        self._nonces: OrderedDict[str, Message] = OrderedDict()
        self._nonces_read_to = self.start()
        self._reported: set[str] = set()
        # The version is an argument for its sake: a changed file is another question.
        self._cached = lru_cache(CACHED_PAGES)(self._page)

    # Reading. Every transport reads by these, and by nothing else.

    def after(self, cursor: str, limit: int) -> Page:
        """Return the first `limit` messages after `cursor`. BadCursor, CursorGone, Unavailable."""
        return self._cached(self._after, cursor, limit, version(self.path))

    def before(self, cursor: str, limit: int) -> Page:
        """Return the last `limit` messages before the one whose id is `cursor`.

        `next` is the id to give to `before` for those still older, `more` whether there are any.
        BadCursor, CursorGone, Unavailable.
        """
        return self._cached(self._before, cursor, limit, version(self.path))

    def newest(self, limit: int) -> Page:
        """Return the last `limit` messages; `next` is the cursor behind them. Unavailable."""
        return self._cached(self._newest, "", limit, version(self.path))

    def start(self) -> str:
        """Return the cursor before the first line."""
        return _hashed(0, b"")

    def _page(
        self, read: Callable[[BinaryIO, str, int], Page], cursor: str, limit: int, _: Version
    ) -> Page:
        with self._open() as file:
            return read(file, cursor, limit)

    def _after(self, file: BinaryIO, cursor: str, limit: int) -> Page:
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

    def _before(self, file: BinaryIO, cursor: str, limit: int) -> Page:
        messages, start = self._backwards(file, _back(file, _offset(file, cursor), 1), limit)
        return Page(messages, messages[0].id if messages else cursor, more=start > 0)

    def _newest(self, file: BinaryIO, _: str, limit: int) -> Page:
        end = _whole(file)
        messages, _start = self._backwards(file, end, limit)
        return Page(messages, _mark(file, end), more=False)

    def _backwards(self, file: BinaryIO, end: int, limit: int) -> tuple[tuple[Message, ...], int]:
        """The last `limit` messages of the lines up to `end`, and where the first one starts."""
        messages: list[Message] = []
        while end > 0 and len(messages) < limit:
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
            if id_ in self._reported:
                return
            if len(self._reported) >= REPORTED:
                self._reported.clear()  # a file of rubbish may be reported again, not fill memory
            self._reported.add(id_)
            log.warning("%s: skipped the line that ends at %s: %s", self.path.name, id_, error)

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        try:
            with self.path.open("rb") as file:
                yield file
        except FileNotFoundError:
            yield BytesIO()  # a dialog in which nobody has spoken yet
        except OSError as error:
            raise Unavailable(f"The dialog cannot be read: {error.strerror}.") from error

    # Writing.

    def append(
        self,
        text: str,
        *,
        role: str = "user",
        author: str = GUEST,
        reply_to: str | None = None,
        nonce: str | None = None,
    ) -> Message:
        """Add a message and return it; by then it is on the disk, and other processes see it.

        A `nonce` that a message has already gives that message, and adds nothing.
        Busy, Full, Unavailable: nothing was written.
        """
        with self._writing() as file:
            if nonce and (known := self._with_nonce(nonce)):
                return known
            time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            line = to_line(
                {
                    "time": time,
                    "role": role,
                    "author": author,
                    "text": text,
                    "reply_to": reply_to,
                    "nonce": nonce,
                }
            )
            return from_line(line, _write(file, line))

    @contextmanager
    def _writing(self) -> Iterator[BinaryIO]:
        """The file, opened to append, while no other writer has it."""
        if not self.path.parent.is_dir():  # the lock would make it, on the wrong disk perhaps
            raise Unavailable(f"The message was not saved: {self.path.parent} is not there.")
        if not self._mutex.acquire(timeout=LOCK_TIMEOUT):
            raise Busy(BUSY)
        try:
            with (
                self._lock.acquire(timeout=LOCK_TIMEOUT, poll_interval=0.005),
                self.path.open("a+b", buffering=0) as file,
            ):
                yield file
        except Timeout as error:
            raise Busy(BUSY) from error
        except OSError as error:
            if error.errno in FULL:
                raise Full("The disk is full: the message was not saved.") from error
            raise Unavailable(f"The message was not saved: {error.strerror}.") from error
        finally:
            self._mutex.release()

    def _with_nonce(self, nonce: str) -> Message | None:
        """The message that has this nonce, whichever process wrote it, if it is not too old."""
        with self._open() as file:
            try:
                start = _offset(file, self._nonces_read_to)
            except CursorGone:
                self._nonces.clear()
                start = 0
            tail = _back(file, max(0, _size(file) - NONCE_BYTES), 1)
            for id_, line in _lines(file, max(start, tail)):
                self._nonces_read_to = id_
                if b'"nonce"' in line:
                    self._remember(self._messages(id_, line))
        return self._nonces.get(nonce)

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
        return Watch(self.path, ring)

    def claim(self, role: str, seconds: float) -> bool:
        """Be the one process that has `role` in this dialog, until this process ends.

        Returns whether that worked within so many seconds. Unavailable.
        """
        lock = FileLock(f"{self.path}.{role}.lock")
        try:
            lock.acquire(timeout=seconds)
        except Timeout:
            return False
        except OSError as error:
            raise Unavailable(f"{lock.lock_file} cannot be locked: {error.strerror}.") from error
        self._claims.append(lock)
        return True

    def caveat(self) -> str | None:
        """Say what one should know before relying on this dialog; None: nothing."""
        if "DYNO" not in os.environ:
            return None
        return (
            "Each dyno has a disk of its own, emptied at every restart: "
            f"server and robot share {self.path.name} only if both run in this one."
        )

    def trouble(self) -> str | None:
        """Say what keeps messages from being written, as far as looking tells; None: nothing."""
        if not self.path.parent.is_dir():
            return f"The folder {self.path.parent} is not there."
        if self.path.exists() and not self.path.is_file():
            return f"{self.path} is not a file."
        for path in (self.path.parent, self.path):  # the lock stands in the folder
            if path.exists() and not os.access(path, os.R_OK | os.W_OK):
                return f"{path} is not ours to read and write."
        return None


def _hashed(offset: int, before: bytes) -> str:
    """The cursor for `offset`; `before` is what stands in front of it, as far as HASHED."""
    return f"{offset}-{blake2b(before[-HASHED:], digest_size=8).hexdigest()}"


def _mark(file: BinaryIO, offset: int) -> str:
    start = max(0, offset - HASHED)
    file.seek(start)
    return _hashed(offset, file.read(offset - start))


def _offset(file: BinaryIO, cursor: str) -> int:
    """Where `cursor` points, if that is still the place that it was made for."""
    if not CURSOR.fullmatch(cursor):
        raise BadCursor("This is no cursor that this chat gave out.")
    offset = int(cursor.partition("-")[0])
    if _mark(file, offset) != cursor:
        raise CursorGone("The dialog was replaced or cut since: load the newest messages anew.")
    return offset


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def _whole(file: BinaryIO) -> int:
    """Where the last whole line ends."""
    return _back(file, _size(file) + 1, 1)


def _back(file: BinaryIO, end: int, lines: int) -> int:
    """Where the line starts that is `lines` lines before `end`; 0 if there are fewer."""
    stop = end - 1  # the newline of the last one
    while stop > 0:
        start = max(0, stop - BLOCK)
        file.seek(start)
        block = file.read(stop - start)
        found = len(block)
        while (found := block.rfind(b"\n", 0, found)) >= 0:
            lines -= 1
            if lines == 0:
                return start + found + 1
        stop = start
    return 0


def _lines(file: BinaryIO, offset: int, stop: int = sys.maxsize) -> Iterator[tuple[str, bytes]]:
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
            end += len(piece)
            before = (before + piece)[-HASHED:]
        yield _hashed(end, before), line
        offset = end


def _write(file: BinaryIO, line: bytes) -> str:
    """Append one line, to the disk itself, or nothing at all. Returns the cursor behind it."""
    end = _size(file)
    file.seek(max(0, end - 1))
    if file.read(1) not in {b"", b"\n"}:
        line = b"\n" + line  # a writer died in mid-line: what it left must not join ours
    try:
        if file.write(line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise
    return _mark(file, file.tell())
