"""Reads pages of messages from an open dialog file.

`parse` yields the message in a line, if there is one, given the line's id and its bytes.
"""

from collections.abc import Callable, Iterable

from dialog.errors import BadCursor, CursorGone
from dialog.file.lines import LineReader
from dialog.interface import PAGE_BYTES
from dialog.message import LONGEST_LINE, Message, Page

QUICK_BYTES = 64 * 1024  # parsed in less than a millisecond

ParseLine = Callable[[str, bytes], Iterable[Message]]
ReadPage = Callable[[LineReader, ParseLine, str, int], Page]


def page_after(reader: LineReader, parse: ParseLine, cursor: str, limit: int) -> Page:
    """Return the first `limit` messages after `cursor`. Raises BadCursor, CursorGone."""
    messages: list[Message] = []
    size = 0
    for id_, line in reader.lines(reader.position(cursor)):
        if len(messages) == limit or size >= PAGE_BYTES:
            return Page(tuple(messages), cursor, more=True)
        cursor = id_
        size += len(line)
        messages += parse(id_, line)
    return Page(tuple(messages), cursor, more=False)


def page_near(reader: LineReader, parse: ParseLine, cursor: str, limit: int) -> Page:
    """Return the same as `page_after` near the end, and elsewhere an empty page with `more`.

    Raises BadCursor, CursorGone.
    """
    if reader.end() - reader.position(cursor) > QUICK_BYTES:
        return Page((), cursor, more=True)
    return page_after(reader, parse, cursor, limit)


def page_before(reader: LineReader, parse: ParseLine, cursor: str, limit: int) -> Page:
    """Return the last `limit` messages before `cursor`. Raises BadCursor, CursorGone."""
    end = reader.line_start(reader.position(cursor))
    messages, start, next_ = _backwards(reader, parse, end, limit)
    return Page(messages, next_ or cursor, more=start > reader.start)


def newest_page(reader: LineReader, parse: ParseLine, _: str, limit: int) -> Page:
    """Return the last `limit` messages."""
    end = reader.end_of_lines()
    messages, *_rest = _backwards(reader, parse, end, limit)
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


def _backwards(
    reader: LineReader, parse: ParseLine, end: int, limit: int
) -> tuple[tuple[Message, ...], int, str]:
    """Return the last `limit` messages before `end`, and the start and the id of the first line."""
    messages: list[Message] = []
    size, id_ = 0, ""
    while end > reader.start and len(messages) < limit and size < PAGE_BYTES:
        start = reader.line_start(end, limit - len(messages), PAGE_BYTES - size)
        lines = list(reader.lines(start, end))
        id_ = lines[0][0]
        size += sum(len(line) for _, line in lines)
        messages = [message for line in lines for message in parse(*line)] + messages
        end = start
    return tuple(messages), end, id_
