"""Appends lines beside programs that append without a lock, and flushes them to the disk.

A line that readers may have seen is never taken back, and the bytes of other programs stay. So the
file is never truncated:

- If the disk is full, the lines that were written whole are kept and acknowledged. The part of a
  line behind them is overwritten in place by a blank line, which is not a message.
- If a flush fails, the lines are kept but not acknowledged. The system may count them as flushed
  from then on, so a later flush proves nothing about them. They are written again before it.
- A process can be killed after such a failure. So a process that appends behind the lines of
  another writes the end of those again, because the hash in its cursors covers it.
"""

import errno
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from dialog.file.flush import flush, flush_folder
from dialog.file.lines import HASHED_BYTES, LineReader, cursor_at, position_of

WRITTEN_AGAIN = 1024 * 1024  # bytes before the end of the file, at least, after a failed flush
JSON_SPACE = b" \t\r"


def end_last_line(file: BinaryIO) -> None:
    """Append a newline if the last line has none, because its writer was killed. Raises OSError.

    If a trimmed file was cut before its first message, fills the gap, which readers skip.
    """
    reader = LineReader(file)
    if reader.before(reader.end())[-1:] not in {b"", b"\n"}:
        file.write(b"\n")
    if (missing := reader.starts_at - reader.end()) > 0:
        file.write(_blank(missing))


class Appender:
    """Appends to one dialog file, which its caller opens with O_APPEND and locks."""

    def __init__(self) -> None:
        self._unflushed = sys.maxsize  # bytes behind this position may not be on the disk
        self._named: tuple[int, int] | None = None  # the file whose name is on the disk
        self._end = 0  # the position behind our last append

    def append(
        self, file: BinaryIO, lines: Sequence[bytes], known: Iterable[str] = ()
    ) -> list[str | OSError]:
        """Append lines, then flush them and the older lines behind the cursors `known`.

        Returns for each line the cursor behind it, or the error that kept it from being written.
        If this raises OSError, none of the lines and none of the known ones may be acknowledged.
        """
        reader = LineReader(file)
        first_new = reader.end()
        if first_new < self._end:  # perhaps a new file with the inode number of the old one
            self._named = None
        if first_new != self._end:  # another process wrote the last line
            self._unflushed = min(self._unflushed, first_new - HASHED_BYTES)
        results = _append(file, lines)
        for end in map(position_of, known):  # its writer may have been killed before the flush
            _write_again(file, reader, reader.line_start(end) - HASHED_BYTES, end)
        if self._unflushed < sys.maxsize:
            _write_again(file, reader, self._unflushed, reader.end())
        # The hash in a cursor covers bytes before the line, so they must be on the disk, too.
        self._unflushed = min(self._unflushed, first_new - HASHED_BYTES)
        try:
            flush(file.fileno())
            self._flush_name(file)
        except OSError:
            # The system may take the lost bytes for flushed. Written again, they are part of the
            # next flush of any process, which may have lost some of them before.
            start = min(self._unflushed, reader.end() - WRITTEN_AGAIN)
            with suppress(OSError):
                _write_again(file, reader, start, reader.end())
            raise
        self._unflushed, self._end = sys.maxsize, reader.end()
        return results

    def _flush_name(self, file: BinaryIO) -> None:
        """Flush the folder of a file that is new to this process, whoever created the file."""
        status = os.fstat(file.fileno())
        if self._named != (status.st_dev, status.st_ino):
            flush_folder(Path(file.name).parent)
            self._named = status.st_dev, status.st_ino


def _append(file: BinaryIO, lines: Sequence[bytes]) -> list[str | OSError]:
    """Append lines. Returns for each the cursor behind it, or why it was not written."""
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # the reason for a short write
    try:
        written = file.write(b"".join(lines))
    except OSError as raised:
        written, error = 0, raised
    if not written:
        return [error] * len(lines)
    # The write itself tells where it went: another program may have appended just before it.
    start = file.tell() - written
    reader = LineReader(file)
    position = reader.position_at(start)
    before = reader.before(position)
    stored = list(lines)
    joined = before.rpartition(b"\n")[2].strip(JSON_SPACE) and len(lines[0]) <= written
    if joined:  # another program has just left its last line open, so ours became a part of it
        stored[0] = b"\n" + _blank(len(lines[0]) - 1)
        _overwrite(file, start, stored[0])
    rest = written
    results: list[str | OSError] = []
    for line in stored:
        if len(line) > rest:
            break
        rest -= len(line)
        position += len(line)
        before = (before + line)[-HASHED_BYTES:]
        results.append(cursor_at(position, before))
    if rest:
        _overwrite(file, start + written - rest, _blank(rest))
    if joined:
        results[:1] = _append(file, lines[:1])
    return results + [error] * (len(lines) - len(results))


def _write_again(file: BinaryIO, reader: LineReader, start: int, end: int) -> None:
    """Write the bytes between two positions again, so that the next flush includes them."""
    start = max(start, reader.start)
    reader.seek(start)
    _overwrite(file, reader.file_offset(start), reader.read(end - start))


def _overwrite(file: BinaryIO, offset: int, content: bytes) -> None:
    """Write `content` over the bytes at `offset`. Raises OSError."""
    with Path(file.name).open("r+b", buffering=0) as in_place:  # O_APPEND ignores the offset
        if not os.path.samestat(os.fstat(file.fileno()), os.fstat(in_place.fileno())):
            raise OSError(errno.ESTALE, "another program replaced the dialog")
        in_place.seek(offset)
        if in_place.write(content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _blank(size: int) -> bytes:
    """Return a blank line of `size` bytes."""
    return b" " * (size - 1) + b"\n"
