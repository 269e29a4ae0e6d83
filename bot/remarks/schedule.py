"""The schedule of remarks: one for each tick.

    remarks = parse_remarks(Path("remarks.toml").read_text("utf-8"))
    remarks.at(tick, now=now, pictures=["Blue fern"], subject="weather")

- A remark is a pure function of the tick and the other arguments. The robot counts ticks from the
  seconds since 1970, so it continues after a restart without a stored state.
- No remark is repeated within HOUR ticks. Every fourth tick is a computed fact. The others go
  through all remarks, again and again. The remarks are in fixed blocks, and each day shuffles the
  blocks inside, so a remark moves by less than one block from one round to the next.
- A series, such as a story or a riddle and its answer, stays in order. Its remarks are a fixed
  number of remarks apart, with others between them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random

from bot.remarks.facts import computed_fact

HOUR = 3_600  # ticks
DAY = 86_400  # ticks
FACT_EVERY = 4  # ticks
RUSSIAN_EVERY = 14  # facts; while people talk Russian, one of these is a Russian line
BLOCKS = 16
MAX_OPEN_SERIES = 3  # more at once are hard to follow
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Remark:
    """One remark. `otherwise` replaces `text` while a placeholder of `text` has no value."""

    text: str
    otherwise: str = ""


@dataclass(frozen=True)
class Series:
    """Remarks that belong together, and how many remarks one comes after the other."""

    remarks: tuple[Remark, ...]
    apart: int = 1


@dataclass(frozen=True, eq=False)  # compared by identity, as a key of the cached order
class Remarks:
    """All remarks of a file."""

    series: tuple[Series, ...]
    subjects: tuple[tuple[str, str], ...]  # the topics, and how a remark calls them
    russian: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(len(series.remarks) for series in self.series)

    def at(
        self,
        tick: int,
        *,
        now: datetime,
        pictures: Sequence[str] = (),
        subject: str = "",
        cost: str = "",
        russian: bool = False,
    ) -> str:
        """Return the remark for a tick.

        `pictures` are the titles in the gallery. `subject` is the name of the topic of the latest
        reply, or empty if that reply is too old. `cost` is the price of a delivery, in words.
        """
        turn, place = divmod(tick, FACT_EVERY)
        if place == FACT_EVERY - 1:
            return self._fact(turn, now, russian=russian)
        number = turn * (FACT_EVERY - 1) + place
        started = (number - number % len(self)) // (FACT_EVERY - 1) * FACT_EVERY
        remark = _order(self, started // DAY)[number % len(self)]
        values = {
            "time": f"{now:%H:%M}",
            "picture": pictures[tick % len(pictures)] if pictures else "",
            "subject": dict(self.subjects).get(subject, ""),
            "cost": cost,
        }
        if all(values.get(name) for name in PLACEHOLDER.findall(remark.text)):
            return PLACEHOLDER.sub(lambda match: values[match[1]], remark.text)
        return remark.otherwise

    def _fact(self, number: int, now: datetime, *, russian: bool) -> str:
        if russian and self.russian and number % RUSSIAN_EVERY == 0:
            return self.russian[number // RUSSIAN_EVERY % len(self.russian)]
        return computed_fact(number, now, russian=russian)


@lru_cache(maxsize=4)
def _order(remarks: Remarks, day: int) -> tuple[Remark, ...]:
    """Return every remark once: block after block, each in the order of the day."""
    series = list(remarks.series)
    Random(0).shuffle(series)
    size = len(remarks) / BLOCKS
    blocks: list[list[Series]] = [[] for _ in range(BLOCKS)]
    placed = 0
    for one in series:
        blocks[min(BLOCKS - 1, int(placed / size))].append(one)
        placed += len(one.remarks)
    return tuple(
        remark for i, block in enumerate(blocks) for remark in in_order(block, day * BLOCKS + i)
    )


def in_order(series: Sequence[Series], seed: int) -> tuple[Remark, ...]:
    """Return every remark once, with the series shuffled and interleaved."""
    waiting = list(series)
    Random(seed).shuffle(waiting)
    order: list[Remark] = []
    begun: list[tuple[int, Series, int]] = []  # place of the next remark, series, its index
    while waiting or begun:
        due = min(begun, key=lambda entry: entry[0], default=None)
        if due and (due[0] <= len(order) or not waiting):
            begun.remove(due)
            _, current, i = due
        else:
            current, i = _take_next(waiting, len(begun)), 0
        order.append(current.remarks[i])
        if i + 1 < len(current.remarks):
            begun.append((len(order) + current.apart - 1, current, i + 1))
    return tuple(order)


def _take_next(waiting: list[Series], begun: int) -> Series:
    """Remove and return the next series. While MAX_OPEN_SERIES are open, it is a single remark."""
    if begun < MAX_OPEN_SERIES:
        return waiting.pop()
    single = (i for i in reversed(range(len(waiting))) if len(waiting[i].remarks) == 1)
    return waiting.pop(next(single, -1))
