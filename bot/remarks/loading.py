"""Loads the remarks from TOML."""

import tomllib
from collections.abc import Mapping
from itertools import product
from random import Random
from typing import Any

from bot.remarks.schedule import BLOCKS, FACT_EVERY, HOUR, PLACEHOLDER, Remark, Remarks, Series

# Enough for an hour without repetition, although a remark moves by up to a block from day to day.
MIN_REMARKS = -(-HOUR * (FACT_EVERY - 1) * BLOCKS // (FACT_EVERY * (BLOCKS - 1)))
KEYS = {"lines", "russian", "remark", "riddle", "story", "mix", "subjects"}
MIX_KEYS = {"say", "otherwise", "take", "apart"}  # the other keys of a mix are slots
RIDDLE_APART = 10
STORY_APART = 3
MIX_APART = 5


class RemarksError(ValueError):
    """The remarks file is not valid. The message says why."""


def parse_remarks(text: str) -> Remarks:
    """Return the remarks in a TOML text. Raises RemarksError."""
    try:
        data = tomllib.loads(text)
        if unknown := data.keys() - KEYS:
            raise ValueError(f'unknown key "{min(unknown)}"')
        remarks = Remarks(
            tuple(_series(data)),
            tuple(data.get("subjects", {}).items()),
            tuple(data.get("russian", [])),
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise RemarksError(f"not a valid file of remarks: {error}") from None
    _check(remarks)
    return remarks


def _series(data: Mapping[str, Any]) -> list[Series]:
    series = [Series((Remark(text),)) for text in data.get("lines", [])]
    series += [Series((Remark(r["say"], r["otherwise"]),)) for r in data.get("remark", [])]
    for mix in data.get("mix", []):
        series += _mixed(mix)
    series += [
        Series((Remark(riddle["ask"]), Remark(riddle["answer"])), RIDDLE_APART)
        for riddle in data.get("riddle", [])
    ]
    series += [
        Series(tuple(map(Remark, story["lines"])), story.get("apart", STORY_APART))
        for story in data.get("story", [])
    ]
    return series


def _mixed(mix: Mapping[str, Any]) -> list[Series]:
    """Fill the slots of a mix in `take` ways, spread over all combinations."""
    slots = sorted(mix.keys() - MIX_KEYS)
    combinations = list(product(*(mix[slot] for slot in slots)))
    Random(mix["say"][0]).shuffle(combinations)
    otherwise = mix.get("otherwise", [""] * len(mix["say"]))
    series: dict[str, Series] = {}  # by the first remark, so that no two begin alike
    for combination in combinations:
        if len(series) == mix["take"]:
            break
        values = dict(zip(slots, combination, strict=True))
        pairs = zip(mix["say"], otherwise, strict=True)
        remarks = tuple(Remark(_filled(text, values), _filled(or_, values)) for text, or_ in pairs)
        series.setdefault(remarks[0].text, Series(remarks, mix.get("apart", MIX_APART)))
    return list(series.values())


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Fill the slots of the mix; placeholders such as {time} remain."""
    return PLACEHOLDER.sub(lambda slot: values.get(slot[1], slot[0]), text)


def _check(remarks: Remarks) -> None:
    seen: set[str] = set(remarks.russian)
    if len(seen) < len(remarks.russian):
        raise RemarksError("a Russian remark occurs twice")
    for series in remarks.series:
        for remark in series.remarks:
            for text in filter(None, (remark.text, remark.otherwise)):
                if text in seen:
                    raise RemarksError(f'this remark occurs twice: "{text}"')
                seen.add(text)
            if PLACEHOLDER.search(remark.text) and not remark.otherwise:
                raise RemarksError(f'this remark needs an `otherwise`: "{remark.text}"')
    if len(remarks) < MIN_REMARKS:
        raise RemarksError(f"an hour needs {MIN_REMARKS} remarks, but the file has {len(remarks)}")
