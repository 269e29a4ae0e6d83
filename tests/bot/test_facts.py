"""The facts in replies: dates, time zones, dice and pictures."""

from datetime import UTC
from pathlib import Path
from random import Random

import pytest

from bot.facts.dates import requested_day, utc_offset
from bot.facts.dice import roll
from bot.facts.pictures import PictureChoice
from tests.bot.sample_topics import NOW, ask


@pytest.mark.parametrize(
    ("text", "words", "date"),
    [
        ("what date is it tomorrow", "tomorrow", "Tuesday, 24 November 2026"),
        ("the date in 10 days", "in 10 days", "Thursday, 3 December 2026"),
        ("two weeks from now", "in two weeks", "Monday, 7 December 2026"),
        ("the day before yesterday", "the day before yesterday", "Saturday, 21 November 2026"),
        ("in 99999 days", "in 99999 days", "Friday, 7 September 2300"),
    ],
)
def test_a_day_is_counted_from_now(text: str, words: str, date: str) -> None:
    assert requested_day(text, NOW) == (words, date)


def test_a_time_zone_is_its_offset() -> None:
    assert utc_offset(NOW) == "UTC+01:00"
    assert utc_offset(NOW.astimezone(UTC)) == "UTC"


def test_time_and_date_come_from_the_caller_and_name_their_zone() -> None:
    assert "09:05" in ask("what time is it").text
    assert "UTC+01:00" in ask("what time is it").text
    assert "Monday, 23 November 2026" in ask("what's the date").text
    assert "24 ноября 2026" in ask("какое число завтра").text


@pytest.mark.parametrize(
    ("text", "low", "high", "count"),
    [("roll a die", 1, 6, 1), ("roll 2d6", 1, 6, 2), ("roll two dice", 1, 6, 2),
     ("a ten sided die", 1, 10, 1), ("roll 999d99999", 1, 1000, 12)],
)  # fmt: skip
def test_dice_are_rolled_as_requested_within_limits(
    text: str, low: int, high: int, count: int
) -> None:
    for seed in range(20):
        rolls = roll(text, Random(seed)).split(" = ")[0].split(" + ")
        assert len(rolls) == count
        assert all(low <= int(value) <= high for value in rolls)


def test_the_picture_with_most_words_in_common_is_chosen(tmp_path: Path) -> None:
    for name in ("blue-fern.png", "moonlit-sea.png", "moonlit-dunes.png"):
        (tmp_path / name).touch()
    choice = PictureChoice(tmp_path, Random(1))
    assert choice.choose("show me the moonlit sea") == "Moonlit sea"
    assert choice.choose("moonlit") == "Moonlit dunes"
    assert choice.choose("another fern") == "Blue fern"
