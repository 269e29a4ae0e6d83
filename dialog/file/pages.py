"""Reads pages of messages from an open dialog file.

`parse` yields the message in a line, if there is one, given the line's id and its bytes.
"""

from collections.abc import Callable, Iterable

from dialog.file.lines import LineReader
from dialog.message import Message, Page

PAGE_BYTES = 1024 * 1024  # of lines read for one page, however few messages they contain

ParseLine = Callable[[str, bytes], Iterable[Message]]
ReadPage = Callable[[LineReader, ParseLine, str, int], Page]


def page_after(reader: LineReader, parse: ParseLine, cursor: str, limit: int) -> Page:
    """Return the first `limit` messages after `cursor`. Raises BadCursor, CursorGone."""
    messages: list[Message] = []
    size = 0
    for id_, line in reader.lines(reader.position(cursor)):
        size += len(line)
        if len(messages) == limit or size > PAGE_BYTES:
            return Page(tuple(messages), cursor, more=True)
        cursor = id_
        messages += parse(id_, line)
    return Page(tuple(messages), cursor, more=False)


def page_before(reader: LineReader, parse: ParseLine, cursor: str, limit: int) -> Page:
    """Return the last `limit` messages before `cursor`. Raises BadCursor, CursorGone."""
    end = reader.line_start(reader.position(cursor))
    messages, start = _backwards(reader, parse, end, limit)
    return Page(messages, messages[0].id if messages else cursor, more=start > reader.start)


def newest_page(reader: LineReader, parse: ParseLine, _: str, limit: int) -> Page:
    """Return the last `limit` messages."""
    end = reader.end_of_lines()
    messages, _start = _backwards(reader, parse, end, limit)
    return Page(messages, reader.cursor(end), more=False)


def _backwards(
    reader: LineReader, parse: ParseLine, end: int, limit: int
) -> tuple[tuple[Message, ...], int]:
    """Return the last `limit` messages before `end`, and the position of the first one."""
    messages: list[Message] = []
    while end > reader.start and len(messages) < limit:
        start = reader.line_start(end, limit - len(messages))
        lines = reader.lines(start, end)
        messages = [message for line in lines for message in parse(*line)] + messages
        end = start
    return tuple(messages), end
