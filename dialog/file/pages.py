"""Reads pages of messages from an open dialog file.

`parse` yields the message in a line, if there is one, given the line's id and its bytes. A page
ends after PAGE_BYTES of lines, or behind PASSED_BYTES of the file, even if it has no message.
"""

from collections.abc import Callable, Iterable

from dialog.errors import BadCursor, CursorGone
from dialog.file.lines import BLOCK_BYTES, LineReader
from dialog.interface import LINE_BYTES, PAGE_BYTES
from dialog.message import LONGEST_LINE, Message, Page

QUICK_BYTES = 64 * 1024  # parsed in a few milliseconds, even if the lines are not messages
PASSED_BYTES = 64 * 1024 * 1024  # for a page; blank lines and lines that are too long count here
NEWEST_PAGES = 4  # read at most to find the newest message

ParseLine = Callable[[str, bytes], Iterable[Message]]
ReadPage = Callable[[LineReader, ParseLine, str, int], Page]


def page_after(reader: LineReader, parse: ParseLine, cursor: str, limit: int) -> Page:
    """Return the first `limit` messages after `cursor`. Raises BadCursor, CursorGone."""
    return _forwards(reader, parse, reader.position(cursor), limit, PAGE_BYTES)


def page_near(reader: LineReader, parse: ParseLine, cursor: str, limit: int) -> Page:
    """Return the same as `page_after` near the end, and elsewhere an empty page with `more`.

    Raises BadCursor, CursorGone.
    """
    position = reader.position(cursor)
    if reader.end() - position > QUICK_BYTES:
        return Page((), cursor, more=True)
    return _forwards(reader, parse, position, limit, QUICK_BYTES)


def page_before(reader: LineReader, parse: ParseLine, cursor: str, limit: int) -> Page:
    """Return the last `limit` messages before `cursor`. Raises BadCursor, CursorGone."""
    end = reader.line_start(reader.position(cursor))
    messages, start, next_ = _backwards(reader, parse, end, limit)
    return Page(messages, reader.cursor(next_) if next_ else cursor, more=start > reader.start)


def newest_page(reader: LineReader, parse: ParseLine, _: str, limit: int) -> Page:
    """Return the last `limit` messages, or none if there are too many other lines behind them."""
    start = end = reader.end_of_lines()
    messages: tuple[Message, ...] = ()
    for _page in range(NEWEST_PAGES):
        if not messages:
            messages, start, _next = _backwards(reader, parse, start, limit)
    return Page(messages, reader.cursor(end), more=False)


def message_at(reader: LineReader, parse: ParseLine, id_: str) -> Message | None:
    """Return the message whose line ends at the cursor `id_`, or None."""
    try:
        end = reader.position(id_)
    except (BadCursor, CursorGone):
        return None
    start = reader.line_start(end)
    reader.seek(start)
    line = reader.read(min(end - start, LONGEST_LINE + 1))
    return next(iter(parse(id_, line)), None) if line.endswith(b"\n") else None


def _forwards(
    reader: LineReader, parse: ParseLine, start: int, limit: int, most_bytes: int
) -> Page:
    """Return the first `limit` messages from `start` on, in about `most_bytes` of lines."""
    messages: list[Message] = []
    position, size = start, 0
    for block in reader.blocks(start):
        for end, line in block.lines_or_start():
            if len(messages) == limit or size >= most_bytes:
                return Page(tuple(messages), reader.cursor(position), more=True)
            messages += parse(block.cursor(end), line)
            size += _weight(line)
            position = end
        position = block.end
        if position - start >= PASSED_BYTES and position < reader.end():
            return Page(tuple(messages), reader.cursor(position), more=True)
    return Page(tuple(messages), reader.cursor(position), more=False)


def _backwards(
    reader: LineReader, parse: ParseLine, end: int, limit: int
) -> tuple[tuple[Message, ...], int, int]:
    """Return the last `limit` messages before `end`, in about PAGE_BYTES of lines.

    Also returns where the first line that was read starts and ends; the end of no line is 0.
    """
    messages: list[Message] = []  # newest first
    stop, size, next_ = end - PASSED_BYTES, 0, 0
    while end > max(reader.start, stop):
        start = max(reader.start, end - BLOCK_BYTES)
        block = reader.block(start, end - start)
        found = list(block.lines())
        for line_end, line in reversed(found):
            if len(messages) == limit or size >= PAGE_BYTES:
                return tuple(reversed(messages)), end, next_
            messages += parse(block.cursor(line_end), line)
            size += _weight(line)
            end = line_end - len(line)
            next_ = end + line.index(b"\n") + 1
        if not found:  # inside a line that is longer than a block
            next_, end = (end, block.first) if block.first < end else (start, start)
    return tuple(reversed(messages)), end, next_


def _weight(line: bytes) -> int:
    """Return the bytes that count for a page, which tell how long the line takes to parse."""
    return LINE_BYTES if line.isspace() else max(LINE_BYTES, len(line))
