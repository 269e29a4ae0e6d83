"""Searches an open dialog file backwards, without an index.

Most lines are never parsed. A block of lines is decoded and folded at once, which takes a
microsecond for a line or two, and only lines that may match are looked at.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from dialog.file.lines import LineReader
from dialog.message import Message, Page, from_line
from dialog.searching import Budget, Query

BLOCK = 64 * 1024  # bytes; longer than LONGEST_LINE


def search_page(reader: LineReader, text: str, before: str | None, limit: int) -> Page:
    """Return the last `limit` messages that contain `text`, among those before a cursor or the end.

    Ends early when its budget is spent. `next` is the cursor before which everything is left to
    search. Raises BadCursor, CursorGone.
    """
    next_ = reader.end_of_lines() if before is None else reader.position(before)
    start = next_ if before is None else reader.line_start(next_)
    query, budget = Query(text), Budget()
    messages: list[Message] = []
    while start > reader.start and len(messages) < limit:
        start, next_, block = _lines_before(reader, start)
        for line_start, line_end, message in _matches(block, start, query):
            messages.append(replace(message, id=reader.cursor(line_end)))
            if len(messages) == limit:
                start, next_ = line_start, line_end
                break
        if not budget.spend(BLOCK):
            break
    return Page(tuple(reversed(messages)), reader.cursor(next_), more=start > reader.start)


def _lines_before(reader: LineReader, end: int) -> tuple[int, int, bytes]:
    """Return the whole lines before `end` that fit in a block: their start, first end, and bytes.

    A line that is longer than a block is not a message, so it yields nothing.
    """
    start = max(reader.start, end - BLOCK)
    reader.seek(start)
    block = reader.read(end - start)
    block = block[: block.rfind(b"\n") + 1]
    if start > reader.start:
        rest_of_line = block.find(b"\n") + 1
        if rest_of_line in {0, end - start}:
            return start, start + 1, b""  # the line may start here, so its end cannot be `start`
        start, block = start + rest_of_line, block[rest_of_line:]
    return start, start + block.index(b"\n") + 1 if block else end, block


def _matches(block: bytes, start: int, query: Query) -> Iterator[tuple[int, int, Message]]:
    """Yield the start, the end and the message of each line that matches, the last line first."""
    folded_block = block.decode(errors="replace").casefold()
    if not (_may_match(folded_block, query) or query.finds_default_author):
        return
    lines, folded_lines = block.split(b"\n"), folded_block.split("\n")
    end = start + len(block) + 1
    for line, folded in zip(reversed(lines), reversed(folded_lines), strict=True):
        end_of_line, end = end, end - len(line) - 1
        if _may_match(folded, query):
            with suppress(ValueError):  # not a message
                message = from_line(line, "")
                if query.matches(message):
                    yield end, end_of_line, message


def _may_match(folded: str, query: Query) -> bool:
    """Return whether a line with this folded JSON can match. Some lines must be parsed to know."""
    return (
        query.folded in folded
        or query.escape in folded
        or (query.finds_default_author and '"author"' not in folded)
    )
