"""The placeholders of replies.

A reply is skipped if one of its placeholders has no value. Replies with a fact (marked +) are
preferred to the others, and those that answer a special question (marked ++) to all.

    {name}          the author's name, if known
    {called} ++     the same, in an answer to "what's my name?"
    {it}            the name in "call me Ann", or the words that an echo repeats
    {again}         another reply of the same topic
    {offers}        three things that the robot can do
    {topics}        how many topics the robot knows
    {time} +        the time of `now`, as in 14:05
    {zone} +        its time zone, as in UTC+01:00
    {place_time} ++ the time in the place that the message names
    {when} +        the day that the message asks for, as in "in 3 days"
    {date} +        the date of that day, as in "Thursday, 26 November 2026"
    {coin} +        heads or tails
    {dice} +        the dice that the message asks for, as in "4" or "2 + 5 = 7"
    {sum} +         the sum in the message, as in "7 + 6 = 13"
    {trouble} ++    why that sum has no result
    {caption} ++    the caption of the picture that the message shows
    {weather} +  {picture} +  from the facts that the caller provides
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bot.facts.arithmetic import SumError, solve
from bot.facts.dates import requested_day, utc_offset
from bot.facts.dice import roll
from bot.facts.places import place_time
from bot.text.spelling import is_russian

PLACEHOLDER = re.compile(r"\{(\w*)\}")
ANSWERS = {"called", "place_time", "trouble", "caption"}
FACTS = {"weather", "picture", "coin", "dice", "sum", "time", "zone", "when", "date"}
PLACEHOLDERS = FACTS | ANSWERS | {"name", "it", "offers", "again", "topics"}
COIN, COIN_RU = ("heads", "tails"), ("орёл", "решка")
OFFERS = 3  # named at once

Fact = Callable[[str], str | None]


@dataclass(frozen=True)
class Situation:
    """What the values of placeholders depend on. `facts` are functions of the message."""

    text: str
    name: str
    now: datetime
    random: Random
    facts: Mapping[str, Fact]


def placeholder_value(name: str, situation: Situation, offers: Sequence[str]) -> str:
    """Return the value of a placeholder; an empty string if it has none."""
    text, now, random = situation.text, situation.now, situation.random
    if name in situation.facts:
        return situation.facts[name](text) or ""
    values: dict[str, Callable[[], str]] = {
        "name": lambda: situation.name,
        "called": lambda: situation.name,
        "offers": lambda: _some_of(offers, text, random),
        "coin": lambda: random.choice(COIN_RU if is_russian(text) else COIN),
        "dice": lambda: roll(text, random),
        "sum": lambda: _solved(text)[0],
        "trouble": lambda: _solved(text)[1],
        "time": lambda: f"{now:%H:%M}",
        "zone": lambda: utc_offset(now),
        "place_time": lambda: place_time(text, now),
        "when": lambda: requested_day(text, now)[0],
        "date": lambda: requested_day(text, now)[1],
    }
    return values[name]() if name in values else ""


def _some_of(offers: Sequence[str], text: str, random: Random) -> str:
    """Return three of the offers at most, as in "tell a joke, flip a coin or do a sum"."""
    russian = is_russian(text)
    known = [offer for offer in offers if is_russian(offer) == russian]
    *most, last = random.sample(known, min(OFFERS, len(known))) or [""]
    word = "или" if russian else "or"
    return f"{', '.join(most)} {word} {last}" if most else last


def _solved(text: str) -> tuple[str, str]:
    """Return the sum in a message with its result, and why it has none. One of them is empty."""
    try:
        return solve(text), ""
    except SumError as error:
        return "", str(error)
