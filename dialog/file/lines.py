"""The format of a dialog file: positions, cursors, and how to read whole lines.

A position counts all bytes that were ever written. A cursor is a position at the end of a line and
a hash of the bytes before it, such as `1234-9f0c…`. So a cursor can be checked with one seek, and
a file that was replaced, cut or emptied is noticed. Only identical lines, such as hand-written
ones without a time, cannot be told apart.

A trimmed file begins with a header line that is not a message:

    {"kept_from": 48500, "starts_at": 49600}

`kept_from` is the position of the next line, so all remaining lines keep their positions, ids and
cursors. The messages start at `starts_at`. The bytes in between serve the hashes of the first
cursors only.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import BinaryIO, NamedTuple

from dialog.errors import NOT_A_CURSOR, REPLACED, BadCursor, CursorGone
from dialog.message import LONGEST_LINE

HASHED_BYTES = 1024  # before a cursor
BLOCK = 64 * 1024  # bytes read at a time when reading backwards
HEADER = re.compile(rb'\{"kept_from": (\d{1,18}), "starts_at": (\d{1,18})\}\n')
LONGEST_HEADER = 100  # bytes
# A hash has 16 digits. Other lengths come from other stores: such a cursor is gone, not malformed.
CURSOR = re.compile(r"(0|[1-9][0-9]{0,17})-[0-9a-f]{1,18}")


class Header(NamedTuple):
    """The first line of a trimmed dialog."""

    kept_from: int
    starts_at: int

    def encode(self) -> bytes:
        """Return the line."""
        return b'{"kept_from": %d, "starts_at": %d}\n' % self


def cursor_at(position: int, before: bytes) -> str:
    """Return the cursor for a position, given at least the last HASHED_BYTES before it."""
    return f"{position}-{blake2b(before[-HASHED_BYTES:], digest_size=8).hexdigest()}"


def position_of(cursor: str) -> int:
    """Return the position in a well-formed cursor."""
    return int(cursor.partition("-")[0])


class LineReader:
    """Reads an open dialog file by positions, which stay the same after a trim."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.read = file.read
        self.readline = file.readline
        file.seek(0)
        header = HEADER.match(file.read(LONGEST_HEADER))
        self._shift = int(header[1]) - header.end() if header else 0  # position less file offset
        self.starts_at = int(header[2]) if header else 0
        self.start = min(self.starts_at, self.end())  # a cut may have removed every message

    def seek(self, position: int) -> None:
        """Continue reading at `position`."""
        self._file.seek(self.file_offset(position))

    def file_offset(self, position: int) -> int:
        """Return the offset in the file as it is now, 0 if the position was trimmed away."""
        return max(0, position - self._shift)

    def position_at(self, offset: int) -> int:
        """Return the position of an offset in the file as it is now."""
        return offset + self._shift

    def end(self) -> int:
        """Return the position behind the last byte."""
        return self.position_at(self._file.seek(0, os.SEEK_END))

    def cursor(self, position: int) -> str:
        """Return the cursor for a position at the end of a line."""
        return cursor_at(position, self.before(position))

    def before(self, position: int) -> bytes:
        """Return the bytes before `position` that its cursor covers; continue reading there."""
        start = max(0, position - HASHED_BYTES)
        self.seek(start)
        return self.read(position - start)

    def position(self, cursor: str) -> int:
        """Return the position of a cursor if the bytes before it are still the same.

        Raises BadCursor, CursorGone.
        """
        if not CURSOR.fullmatch(cursor):
            raise BadCursor(NOT_A_CURSOR)
        position = position_of(cursor)
        if not self.start <= position <= self.end() or self.cursor(position) != cursor:
            raise CursorGone(REPLACED)
        return position

    def surviving_cursor(self, cursor: str) -> str | None:
        """Return `cursor` if it is valid, or the start of the dialog if a trim dropped it.

        Returns None if the cursor was never valid in this file.
        """
        with suppress(BadCursor, CursorGone):
            self.position(cursor)
            return cursor
        was_trimmed = CURSOR.fullmatch(cursor) and position_of(cursor) < self.start
        return self.cursor(self.start) if was_trimmed else None

    def read_line(self, position: int) -> bytes:
        """Return the line at `position`, even without a newline; at most LONGEST_LINE + 1 bytes."""
        self.seek(position)
        return self.readline(LONGEST_LINE + 1)

    def end_of_lines(self) -> int:
        """Return the position behind the last whole line."""
        return self.line_start(self.end() + 1)

    def line_start(self, end: int, lines: int = 1, size: int = sys.maxsize) -> int:
        """Return the start of the line that is `lines` lines before `end`, or of the first line.

        The lines are fewer if they have `size` bytes already. There is at least one.
        """
        stop = end - 1  # the newline of the last line
        while stop > self.start:
            start = max(self.start, stop - BLOCK)
            self.seek(start)
            block = self.read(stop - start)
            found = len(block)
            while (found := block.rfind(b"\n", 0, found)) >= 0:
                lines -= 1
                if lines == 0 or end - (start + found + 1) >= size:
                    return start + found + 1
            stop = start
        return self.start

    def lines(self, position: int, stop: int = sys.maxsize) -> Iterator[tuple[str, bytes]]:
        """Yield each whole line from `position` to `stop`: the cursor behind it, and its bytes.

        Of a line longer than LONGEST_LINE, only the first LONGEST_LINE + 1 bytes are yielded.
        """
        before = self.before(position)
        while position < stop and (line := self.readline(LONGEST_LINE + 1)):
            end = position + len(line)
            before = (before + line)[-HASHED_BYTES:]
            while not before.endswith(b"\n"):
                if not (piece := self.readline(BLOCK)):
                    return  # the rest of the line is not written yet
                line += piece[: LONGEST_LINE + 1 - len(line)]
                end += len(piece)
                before = (before + piece)[-HASHED_BYTES:]
            yield cursor_at(end, before), line
            position = end
