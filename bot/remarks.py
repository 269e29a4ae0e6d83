"""What the robot says of its own, one line for each tick.

    chatter = parse(Path("chatter.toml").read_text("utf-8"))
    chatter.line(tick, now=now, pictures=["Blue fern"], subject="weather")

Promises:

- Pure: a line follows from the tick, the seed and the arguments. With the seconds since 1970 as
  the tick, a robot that was stopped goes on where it would have been; no state is kept.
- No line comes twice within an hour of one tick a second: all lines are different, they are laid
  out once in an order that the seed decides, and that order is played round and round. A line
  comes back after as many ticks as there are lines, and `parse` refuses fewer than 3,600.
- Threads stay in order: each line of a story, or a riddle's answer, follows the one before it at
  its own distance, with other lines in between.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import product
from random import Random
from typing import Any

HOUR = 3_600
OPEN_THREADS = 3  # more at once are hard to follow
KEYS = {"lines", "remark", "riddle", "story", "mix", "subjects"}
SLOT = re.compile(r"\{(\w+)\}")


class ChatterError(ValueError):
    """A chatter file that can't be used, and why."""


@dataclass(frozen=True)
class Line:
    """One line. `otherwise` is said instead while a placeholder of `say` is empty."""

    say: str
    otherwise: str = ""


@dataclass(frozen=True)
class Thread:
    """Lines that belong together, and how many ticks lie between one and the next."""

    lines: tuple[Line, ...]
    apart: int = 1


@dataclass(frozen=True, eq=False)
class Chatter:
    """All that the robot may say of its own. Made by `parse`."""

    threads: tuple[Thread, ...]
    subjects: tuple[tuple[str, str], ...]

    def line(
        self,
        tick: int,
        *,
        now: datetime,
        seed: int = 0,
        pictures: Sequence[str] = (),
        subject: str = "",
    ) -> str:
        """The line for a tick.

        `pictures`: the titles in the gallery. `subject`: the topic last talked about, by its
        name in the rules, "" when nobody said anything lately.
        """
        order = _dealt(self, seed)
        line = order[tick % len(order)]
        known = {
            "time": f"{now:%H:%M}",
            "picture": pictures[tick % len(pictures)] if pictures else "",
            "subject": dict(self.subjects).get(subject, ""),
        }
        if all(known.get(name) for name in SLOT.findall(line.say)):
            return SLOT.sub(lambda m: known[m[1]], line.say)
        return line.otherwise

    def __len__(self) -> int:
        return sum(len(thread.lines) for thread in self.threads)


@lru_cache(maxsize=4)
def _dealt(chatter: Chatter, seed: int) -> tuple[Line, ...]:
    return _order(chatter.threads, seed)


def _order(threads: tuple[Thread, ...], seed: int) -> tuple[Line, ...]:
    """All lines, each once: threads in random order, woven into one another."""
    waiting = list(threads)
    Random(seed).shuffle(waiting)
    order: list[Line] = []
    begun: list[tuple[int, Thread, int]] = []  # due at, thread, next line
    while waiting or begun:
        due = min(begun, key=lambda item: item[0], default=None)
        if due and (due[0] <= len(order) or not waiting):
            begun.remove(due)
            _, thread, i = due
        else:
            thread, i = _next_opening(waiting, len(begun)), 0
        order.append(thread.lines[i])
        if i + 1 < len(thread.lines):
            begun.append((len(order) + thread.apart - 1, thread, i + 1))
    return tuple(order)


def _next_opening(waiting: list[Thread], begun: int) -> Thread:
    """The next thread to begin; single lines only, while enough are under way."""
    if begun < OPEN_THREADS:
        return waiting.pop()
    single = (i for i in reversed(range(len(waiting))) if len(waiting[i].lines) == 1)
    return waiting.pop(next(single, -1))


# --- reading a chatter file --------------------------------------------------------------


def parse(source: str) -> Chatter:
    """The chatter in a TOML source. Raises ChatterError."""
    try:
        data = tomllib.loads(source)
        if unknown := data.keys() - KEYS:
            raise ValueError(f'unknown key "{min(unknown)}"')
        chatter = Chatter(tuple(_threads(data)), tuple(data.get("subjects", {}).items()))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ChatterError(f"not a chatter file: {error}") from None
    _check(chatter)
    return chatter


def _threads(data: Mapping[str, Any]) -> list[Thread]:
    threads = [Thread((Line(text),)) for text in data.get("lines", [])]
    threads += [
        Thread((Line(remark["say"], remark["otherwise"]),)) for remark in data.get("remark", [])
    ]
    for mix in data.get("mix", []):
        threads += _mixed(mix)
    threads += [
        Thread((Line(riddle["ask"]), Line(riddle["answer"])), 10)
        for riddle in data.get("riddle", [])
    ]
    threads += [
        Thread(tuple(map(Line, story["lines"])), story.get("apart", 3))
        for story in data.get("story", [])
    ]
    return threads


def _mixed(mix: Mapping[str, Any]) -> list[Thread]:
    """As many of a template's fillings as it says, spread over all that there are."""
    names = sorted(mix.keys() - {"say", "otherwise", "take", "apart"})
    fillings = list(product(*(mix[name] for name in names)))
    Random(mix["say"][0]).shuffle(fillings)
    otherwise = mix.get("otherwise", [""] * len(mix["say"]))
    threads: dict[str, Thread] = {}  # by the first line, so that none begins like another
    for filling in fillings:
        if len(threads) == mix["take"]:
            break
        slots = dict(zip(names, filling, strict=True))
        says = zip(mix["say"], otherwise, strict=True)
        lines = tuple(Line(_filled(say, slots), _filled(or_, slots)) for say, or_ in says)
        threads.setdefault(lines[0].say, Thread(lines, mix.get("apart", 5)))
    return list(threads.values())


def _filled(text: str, filling: Mapping[str, str]) -> str:
    """The text with the slots that the filling knows; {time} and the like stay."""
    return SLOT.sub(lambda slot: filling.get(slot[1], slot[0]), text)


def _check(chatter: Chatter) -> None:
    seen: set[str] = set()
    for thread in chatter.threads:
        for line in thread.lines:
            for text in filter(None, (line.say, line.otherwise)):
                if text in seen:
                    raise ChatterError(f'said twice: "{text}"')
                seen.add(text)
            if SLOT.search(line.say) and not line.otherwise:
                raise ChatterError(f'nothing to say otherwise: "{line.say}"')
    if len(chatter) < HOUR:
        raise ChatterError(f"only {len(chatter)} lines; an hour needs {HOUR}")
