"""The schedule of remarks: one for each tick.

    remarks = parse_remarks(Path("remarks.toml").read_text("utf-8"))
    remarks.at(tick, now=now, pictures=["Blue fern"], subject="weather")

- A remark is a pure function of the tick, the seed and the other arguments. The robot counts ticks
  from the seconds since 1970, so it continues after a restart without a stored state.
- No remark is repeated within 3,600 ticks, which is an hour. All remarks are different, the seed
  puts them into one order, and the robot goes through that order again and again.
- A series, such as a story or a riddle and its answer, stays in order. Its remarks are a fixed
  number of ticks apart, with other remarks between them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random

MAX_OPEN_SERIES = 3  # more at once are hard to follow
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Remark:
    """One remark. `otherwise` replaces `text` while a placeholder of `text` has no value."""

    text: str
    otherwise: str = ""


@dataclass(frozen=True)
class Series:
    """Remarks that belong together, and how many ticks one comes after the other."""

    remarks: tuple[Remark, ...]
    apart: int = 1


@dataclass(frozen=True, eq=False)  # compared by identity, as a key of the cached order
class Remarks:
    """All remarks of a file."""

    series: tuple[Series, ...]
    subjects: tuple[tuple[str, str], ...]  # the topics of the rules, and how a remark calls them

    def __len__(self) -> int:
        return sum(len(series.remarks) for series in self.series)

    def at(
        self,
        tick: int,
        *,
        now: datetime,
        seed: int = 0,
        pictures: Sequence[str] = (),
        subject: str = "",
    ) -> str:
        """Return the remark for a tick.

        `pictures` are the titles in the gallery. `subject` is the name of the topic of the latest
        reply, or empty if that reply is too old.
        """
        order = _order(self, seed)
        remark = order[tick % len(order)]
        values = {
            "time": f"{now:%H:%M}",
            "picture": pictures[tick % len(pictures)] if pictures else "",
            "subject": dict(self.subjects).get(subject, ""),
        }
        if all(values.get(name) for name in PLACEHOLDER.findall(remark.text)):
            return PLACEHOLDER.sub(lambda match: values[match[1]], remark.text)
        return remark.otherwise


@lru_cache(maxsize=4)
def _order(remarks: Remarks, seed: int) -> tuple[Remark, ...]:
    return in_order(remarks.series, seed)


def in_order(series: Sequence[Series], seed: int) -> tuple[Remark, ...]:
    """Return every remark once, with the series shuffled and interleaved."""
    waiting = list(series)
    Random(seed).shuffle(waiting)
    order: list[Remark] = []
    begun: list[tuple[int, Series, int]] = []  # tick of the next remark, series, its index
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
