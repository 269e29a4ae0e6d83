"""Finds the first message of a time in an open dialog file, by bisection."""

from dialog.file.lines import BLOCK, LineReader, position_of
from dialog.file.pages import ParseLine, page_after
from dialog.interface import PAGE_BYTES
from dialog.message import Page


def page_since(reader: LineReader, parse: ParseLine, time: str, limit: int) -> Page:
    """Return the first `limit` messages from `time` on. Lines without a time are passed over."""
    low, high = reader.start, reader.end_of_lines()
    while high - low > BLOCK:
        middle = reader.line_start((low + high) // 2 + 1)
        found = _first_time(reader, parse, middle, min(high, middle + BLOCK))
        if found and found[0] < time:
            low = found[1]
        else:
            high = middle
    start = low
    for id_, line in reader.lines(low, low + PAGE_BYTES):
        if any(message.time >= time for message in parse(id_, line)):
            break
        start = position_of(id_)
    return page_after(reader, parse, reader.cursor(start), limit)


def _first_time(
    reader: LineReader, parse: ParseLine, start: int, stop: int
) -> tuple[str, int] | None:
    """Return the time of the first message that has one, and the end of its line."""
    for id_, line in reader.lines(start, stop):
        for message in parse(id_, line):
            if message.time:
                return message.time, position_of(id_)
    return None
