"""Finds the first message of a time in an open dialog file, by bisection."""

from dialog.file.lines import BLOCK_BYTES, LineReader
from dialog.file.pages import ParseLine, page_after
from dialog.interface import PAGE_BYTES
from dialog.message import Page


def page_since(reader: LineReader, parse: ParseLine, time: str, limit: int) -> Page:
    """Return the first `limit` messages from `time` on. Lines without a time are passed over."""
    low, high = reader.start, reader.end_of_lines()
    while high - low > BLOCK_BYTES:
        middle = reader.line_start((low + high) // 2 + 1)
        found = _first_time(reader, parse, middle, high)
        if found and found[0] < time:
            low = found[1]
        else:
            high = middle
    start, block = low, reader.block(low, PAGE_BYTES)
    for end, line in block.lines():
        if any(message.time >= time for message in parse(block.cursor(end), line)):
            break
        start = end
    return page_after(reader, parse, reader.cursor(start), limit)


def _first_time(
    reader: LineReader, parse: ParseLine, start: int, stop: int
) -> tuple[str, int] | None:
    """Return the time of the first message in a block that has one, and the end of its line."""
    block = reader.block(start, min(BLOCK_BYTES, stop - start))
    for end, line in block.lines():
        for message in parse(block.cursor(end), line):
            if message.time:
                return message.time, end
    return None
