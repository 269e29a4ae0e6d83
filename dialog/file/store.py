"""A dialog in one file: one message per line, and no second file for state.

Reading and appending cost the same at any length, because ids and cursors are positions in the
file; see lines.py. A line may be half written at any time, so only lines with a newline count.
"""

import errno
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from dialog.errors import Busy, DialogError, Unavailable
from dialog.file.append import Appender, end_last_line
from dialog.file.dates import page_since
from dialog.file.group_commit import BUSY, GroupCommit
from dialog.file.health import find_trouble, find_warnings, is_disk_full
from dialog.file.lines import LineReader
from dialog.file.nonces import Nonces
from dialog.file.pages import ReadPage, message_at, newest_page, page_after, page_before, page_near
from dialog.file.search import search_page
from dialog.file.system_errors import ADVICE, dialog_error, not_saved
from dialog.file.trim import choose_cut, rewrite
from dialog.file.watch import FileWatcher, Version, version
from dialog.interface import Dialog, Health
from dialog.message import Draft, Message, Page, SkipLog, from_fields, from_line, timestamp, to_line

LOCK_TIMEOUT = 5.0  # seconds
LOCK_POLL_INTERVAL = 0.005  # seconds
CACHED_PAGES = 16  # of about 2.5 MB each, at most


class FileStore(Dialog):
    """The dialog in the file at `path`. The first append creates the file."""

    def __init__(self, path: str | Path) -> None:
        # All processes must use the same file and lock. Path.resolve rejects links to themselves.
        self.path = Path(os.path.realpath(path))
        self.location = str(self.path)
        self._mutex = threading.Lock()
        # Shared by all threads: the mutex admits one at a time.
        self._lock = FileLock(f"{self.path}.lock", thread_local=False)
        self._claims: list[FileLock] = []
        self._nonces = Nonces(self._parse)
        self._appender = Appender()
        self._commits = GroupCommit(self._open_to_append, self._write)
        self._skipped = SkipLog(self.path.name)
        self._watcher: FileWatcher | None = None
        self._cached_page = lru_cache(CACHED_PAGES)(self._read_page)

    # Reading. Every delivery method reads through these methods.

    def after(self, cursor: str, limit: int) -> Page:
        """Return the first `limit` messages after `cursor`.

        Raises BadCursor, CursorGone, Unavailable.
        """
        return self._cached_page(page_after, cursor, limit, version(self.path))

    def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:  # noqa: ARG002
        """Return the same as `after` if it is quick, as it is near the end. None if it is not."""
        page = self._cached_page(page_near, cursor, limit, version(self.path))
        return page if page.messages or not page.more else None

    def before(self, cursor: str, limit: int) -> Page:
        """Return the last `limit` messages before the message whose id is `cursor`.

        `next` is the cursor for older messages; `more` tells whether there are any. Raises
        BadCursor, CursorGone, Unavailable.
        """
        return self._cached_page(page_before, cursor, limit, version(self.path))

    def newest(self, limit: int) -> Page:
        """Return the last `limit` messages; `next` is the cursor after them. Raises Unavailable."""
        return self._cached_page(newest_page, "", limit, version(self.path))

    def search(self, text: str, limit: int, before: str | None = None) -> Page:
        """Return the last `limit` messages that contain `text`; see `Dialog.search`."""
        with self._open() as reader:
            return search_page(reader, text, before, limit)

    def since(self, time: str, limit: int) -> Page:
        """Return the first `limit` messages from `time` on. Raises Unavailable."""
        return self._cached_page(page_since, time, limit, version(self.path))

    def message(self, id_: str) -> Message | None:
        """Return the message with this id, or None if no message has it. Raises Unavailable."""
        with self._open() as reader:
            return message_at(reader, self._parse, id_)

    def end(self) -> str:
        """Return the cursor behind the last whole line. Raises Unavailable."""
        with self._open() as reader:
            return reader.cursor(reader.end_of_lines())

    def start(self) -> str:
        """Return the cursor before the first line. Raises Unavailable."""
        with self._open() as reader:
            return reader.cursor(reader.start)

    def surviving_cursor(self, cursor: str) -> str | None:
        """Return `cursor` if it is valid, or the start of the dialog if a trim dropped it.

        Returns None if the cursor was never valid in this dialog. Raises Unavailable.
        """
        with self._open() as reader:
            return reader.surviving_cursor(cursor)

    def _read_page(self, read: ReadPage, cursor: str, limit: int, _: Version) -> Page:
        """Read a page. The version is an argument so that a changed file misses the cache."""
        with self._open() as reader:
            return read(reader, self._parse, cursor, limit)

    def _parse(self, id_: str, line: bytes) -> Iterator[Message]:
        """Yield the message in a line, or log once that the line is not a message."""
        try:
            yield from_line(line, id_)
        except ValueError as error:
            self._skipped.report(id_, error)

    @contextmanager
    def _open(self) -> Iterator[LineReader]:
        try:
            with self.path.open("rb") as file:
                yield LineReader(file)
        except FileNotFoundError:
            yield LineReader(BytesIO())  # no message has been appended yet
        except OSError as error:
            raise Unavailable(f"The dialog cannot be read: {error.strerror}. {ADVICE}") from error

    # Writing.

    def append_all(self, drafts: Sequence[Draft]) -> list[Message]:
        """Append several messages and return them once they are on the disk.

        Concurrent calls share the lock, the write and the flush. After DiskFull or Unavailable,
        some of the messages may be stored; a `nonce` makes it safe to append them again. Raises
        Busy, DiskFull, Unavailable; ValueError for a draft that could not be read back.
        """
        for draft in drafts:  # checked here, because a bad draft must not fail a shared write
            from_line(to_line(draft.fields()), "")
        return self._commits.append(drafts, LOCK_TIMEOUT)

    def _write(self, file: BinaryIO, drafts: Sequence[Draft]) -> list[Message | DialogError]:
        """Append drafts, which may come from several callers, to the locked file."""
        end_last_line(file)  # first, because the line may be a message with a nonce
        if any(draft.nonce for draft in drafts):
            with self._open() as reader:
                self._nonces.update(reader)
        keys = [draft.nonce or number for number, draft in enumerate(drafts)]
        stored: dict[str | int, Message | DialogError] = {}
        known: list[str] = []
        new: dict[str | int, dict[str, str | None]] = {}
        for key, draft in zip(keys, drafts, strict=True):
            if message := self._nonces.get(draft.nonce):
                stored[key] = message
                known.append(message.id)
            else:  # several drafts may have the same nonce: the first one counts
                new.setdefault(key, draft.fields() | {"time": draft.time or timestamp()})
        lines = [to_line(fields) for fields in new.values()]
        results = self._appender.append(file, lines, known)
        for (key, fields), result in zip(new.items(), results, strict=True):
            stored[key] = (
                from_fields(fields, result) if isinstance(result, str) else not_saved(result)
            )
        return [stored[key] for key in keys]

    def trim(self, size: float | None = None, age: float | None = None) -> int:
        """Drop the oldest messages of a dialog that is too large or too old.

        Returns the number of bytes dropped; see `Dialog.trim`. Raises Busy, DiskFull, Unavailable;
        nothing was dropped then.
        """
        with self._open() as reader:
            start, header = reader.start, choose_cut(reader, size, age)
        try:
            if header and rewrite(self.path, header, self._locked()):
                return header.starts_at - start
        except OSError as error:
            raise dialog_error(error, "The dialog was not trimmed") from error
        return 0

    @contextmanager
    def _open_to_append(self) -> Iterator[BinaryIO]:
        try:
            with self._locked(), self.path.open("a+b", buffering=0) as file:
                yield file
        except OSError as error:
            raise not_saved(error) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Exclude all other writers. Raises Busy, OSError."""
        if not self.path.parent.is_dir():  # FileLock would create it, perhaps on the wrong disk
            raise FileNotFoundError(errno.ENOENT, "the folder of the dialog does not exist")
        if not self._mutex.acquire(timeout=LOCK_TIMEOUT):
            raise Busy(BUSY)
        try:
            with self._lock.acquire(timeout=LOCK_TIMEOUT, poll_interval=LOCK_POLL_INTERVAL):
                yield
        except Timeout as error:
            raise Busy(BUSY) from error
        finally:
            self._mutex.release()

    # Watching, claiming, checking.

    def watch(self, notify: Callable[[], None]) -> FileWatcher:
        """Return a context manager that calls `notify` whenever the dialog may have changed.

        The calls come from another thread and carry no data: read after your cursor.
        """
        self._watcher = FileWatcher(self.path, notify)
        return self._watcher

    def claim(self, role: str, timeout: float | None = None) -> bool:
        """Become the only process with `role` by locking a file next to the dialog.

        Waits at most `timeout` seconds, or forever. Returns success. Raises Unavailable.
        """
        lock = FileLock(f"{self.path}.{role}.lock")
        try:
            lock.acquire(timeout=-1 if timeout is None else timeout)
        except Timeout:
            return False
        except OSError as error:
            message = f"{lock.lock_file} cannot be locked: {error.strerror}. {ADVICE}"
            raise Unavailable(message) from error
        self._claims.append(lock)
        if self.path.exists():
            with self._open_to_append() as file:
                end_last_line(file)  # a crash may have torn off its newline, but it counts
        return True

    def health(self) -> Health:
        """Return why messages cannot be written, if so, and warnings for the operator."""
        warnings = find_warnings(self.path)
        if self._watcher and not self._watcher.has_events:
            warnings.append(
                "No events arrive from the file system. Changes are noticed within a second "
                "instead of at once."
            )
        return Health(find_trouble(self.path), warnings, is_disk_full(self.path.parent))
