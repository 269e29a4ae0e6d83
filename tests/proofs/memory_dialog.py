"""A dialog in memory that behaves like both stores, at its worst, under a seeded loop."""

from collections.abc import Callable
from random import Random

from dialog import CursorGone, Message, Page, Unavailable

PAGE_LINES = 4  # read for one page, however few messages they contain


class MemoryDialog:
    """What the hub needs of a dialog. Other writers may append in the middle of any read.

    A cursor is `GENERATION-POSITION`; a replaced dialog starts a generation. With `lags`, as on
    Redis, `after_nowait` knows only what was noticed. Without, it reads like a file.
    """

    def __init__(self, random: Random, lags: bool, others: Callable[[], None]) -> None:
        self._random = random
        self._lags = lags
        self._others = others
        self.lines: list[list[Message | None]] = [[]]  # by generation; None is not a message
        self.is_broken = False
        self._noticed = self.end_position

    @property
    def generation(self) -> int:
        return len(self.lines) - 1

    @property
    def end_position(self) -> tuple[int, int]:
        """The generation and the number of lines."""
        return self.generation, len(self.lines[-1])

    def write(self, text: str | None) -> None:
        """Append a message, or a line that is not a message."""
        generation, position = self.end_position
        message = None
        if text is not None:
            message = Message(f"{generation}-{position + 1}", "", "user", "Guest", text)
        self.lines[-1].append(message)

    def replace(self) -> None:
        """Replace the dialog by an empty one."""
        self.lines.append([])

    def notice(self) -> None:
        """Let `after_nowait` see everything up to now."""
        self._noticed = self.end_position

    def texts(self, generation: int, start: int, stop: int) -> list[str]:
        """Return the messages between two positions."""
        return [line.text for line in self.lines[generation][start:stop] if line]

    # What the hub calls.

    def after(self, cursor: str, limit: int) -> Page:
        self._others()
        page = self._page(cursor, limit)
        self._others()
        return page

    def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:
        if self._random.random() < 0.2:
            return None
        if not self._lags:
            return self.after(cursor, limit)
        generation, position = parse(cursor)
        known, end = self._noticed
        if fresh or generation != known or position > end:
            return None
        return self._lines_after(generation, position, end, limit)

    def end(self) -> str:
        self._others()
        self._fail_if_broken()
        return "{}-{}".format(*self.end_position)

    def _page(self, cursor: str, limit: int) -> Page:
        self._fail_if_broken()
        generation, position = parse(cursor)
        if generation != self.generation:
            raise CursorGone("gone")
        return self._lines_after(generation, position, len(self.lines[-1]), limit)

    def _lines_after(self, generation: int, position: int, end: int, limit: int) -> Page:
        messages: list[Message] = []
        stop = min(end, position + PAGE_LINES)
        while position < stop and len(messages) < limit:
            if line := self.lines[generation][position]:
                messages.append(line)
            position += 1
        return Page(tuple(messages), f"{generation}-{position}", more=position < end)

    def _fail_if_broken(self) -> None:
        if self.is_broken:
            raise Unavailable("broken")


def parse(cursor: str) -> tuple[int, int]:
    """Return the generation and the position of a cursor."""
    generation, _, position = cursor.partition("-")
    return int(generation), int(position)
