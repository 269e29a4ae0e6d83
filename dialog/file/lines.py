"""The format of a dialog file: positions, cursors, and how to read whole lines.

A position counts all bytes that were ever written. A cursor is a position at the end of a line and
a hash of the bytes before it, such as `1234-9f0c…`. So a cursor can be checked with one seek, and
a file that was replaced, cut or emptied is noticed. Only identical lines, such as hand-written
ones without a time, cannot be told apart.

A trimmed file begins with a header line that is not a message:

    {"kept_from": 48500, "starts_at": 49600}

`kept_from` is the position of the next byte, so all remaining lines keep their positions, ids and
cursors. The messages start at `starts_at`. The bytes in between serve the hashes of the first
cursors only.

The file is read in blocks, so no read takes long, whatever the file contains. A cursor may be
inside a line that is longer than a block. Reading then continues behind that line.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import BinaryIO, NamedTuple

from dialog.errors import NOT_A_CURSOR, REPLACED, BadCursor, CursorGone
from dialog.message import LONGEST_LINE

HASHED_BYTES = 1024  # before a cursor
BLOCK_BYTES = 64 * 1024  # read at a time; more than LONGEST_LINE
HEADER = re.compile(rb'\{"kept_from": (\d{1,18}), "starts_at": (\d{1,18})\}\n')
LONGEST_HEADER = 100  # bytes
BLANK_LINES_OR_LINE = re.compile(rb"[ \t\r\n]*\n|[^\n]+\n")
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


class Block:
    """Some bytes of a dialog file, in memory."""

    def __init__(self, start: int, before: int, content: bytes) -> None:
        """`content` begins at the position `start`, behind `before` bytes that cursors cover."""
        self._content = content
        self._shift = start - before  # position less index in the content
        self._begin = before
        if content[:before][-1:] not in {b"", b"\n"}:  # inside a line that is longer than a block
            self._begin = content.find(b"\n", before) + 1 or len(content)
        self._stop = content.rfind(b"\n", self._begin) + 1 or self._begin
        self._has_long_line = before == self._stop < len(content) - LONGEST_LINE
        self.first = self._begin + self._shift  # where the first line starts
        self.end = (len(content) if self._has_long_line else self._stop) + self._shift

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each whole line from `first` on: the position behind it, and its bytes.

        Blank lines in a row count as one line.
        """
        for line in BLANK_LINES_OR_LINE.finditer(self._content, self._begin, self._stop):
            yield line.end() + self._shift, line[0]

    def lines_or_start(self) -> Iterator[tuple[int, bytes]]:
        """Yield the same as `lines`, or the start of a line that is too long for a message."""
        yield from self.lines()
        if self._has_long_line:
            yield self.end, self._content[self._begin :]

    def cursor(self, position: int) -> str:
        """Return the cursor for a position in the block."""
        end = position - self._shift
        return cursor_at(position, self._content[max(0, end - HASHED_BYTES) : end])

    def __contains__(self, part: bytes) -> bool:
        """Return whether `part` is in the block."""
        return part in self._content


class LineReader:
    """Reads an open dialog file by positions, which stay the same after a trim."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.read = file.read
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
        offset = self.file_offset(position)
        start = max(0, offset - HASHED_BYTES)
        self._file.seek(start)
        return self.read(offset - start)

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

    def line_start(self, end: int) -> int:
        """Return the start of the line before `end`, or a place in it if it exceeds a block."""
        stop = end - 1  # the newline of the line
        start = max(self.start, stop - BLOCK_BYTES)
        self.seek(start)
        return start + self.read(max(0, stop - start)).rfind(b"\n") + 1

    def end_of_lines(self) -> int:
        """Return the position behind the last whole line, or one inside a line without an end."""
        return self.line_start(self.end() + 1)

    def block(self, position: int, size: int = BLOCK_BYTES) -> Block:
        """Return up to `size` bytes from `position` on."""
        before = self.before(position)
        return Block(position, len(before), before + self.read(size))

    def blocks(self, position: int) -> Iterator[Block]:
        """Yield blocks until the end of the file. Each starts at the `end` of the one before."""
        while (block := self.block(position)).end > position:
            yield block
            position = block.end
