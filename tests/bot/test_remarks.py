"""Chatter: what the robot says of its own."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import remarks as chatter
from bot.remarks import ChatterError, Line, Thread, parse

SHIPPED = parse((Path(__file__).parent.parent.parent / "bot" / "remarks.toml").read_text("utf-8"))
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
ENOUGH = "lines = [" + ",".join(f'"Line {i}."' for i in range(3600)) + "]\n"


def lines(count: int, *, seed: int = 0, subject: str = "", pictures: list[str]) -> list[str]:
    return [
        SHIPPED.line(tick, now=NOW, seed=seed, subject=subject, pictures=pictures)
        for tick in range(count)
    ]


@pytest.mark.parametrize(("subject", "pictures"), [("", []), ("weather", ["Fern", "Dunes"])])
@pytest.mark.parametrize("seed", [0, 7])
def test_nothing_is_said_twice_within_an_hour(seed: int, subject: str, pictures: list[str]) -> None:
    last: dict[str, int] = {}
    for tick, line in enumerate(lines(9000, seed=seed, subject=subject, pictures=pictures)):
        assert line
        assert "{" not in line
        assert tick - last.get(line, -chatter.HOUR) >= chatter.HOUR
        last[line] = tick


@pytest.mark.parametrize("pictures", [[], ["Fern", "Dunes"]])
def test_no_three_words_open_more_than_one_line_in_fifty(pictures: list[str]) -> None:
    said = lines(len(SHIPPED), pictures=pictures)
    openings = Counter(" ".join(line.split()[:3]) for line in said)
    assert max(openings.values()) <= len(said) / 50


def test_a_line_follows_from_the_tick_and_the_seed_alone() -> None:
    tick = 1_795_000_000
    assert SHIPPED.line(tick, now=NOW) == SHIPPED.line(tick, now=NOW)
    assert lines(50, seed=1, pictures=[]) != lines(50, seed=2, pictures=[])


def test_threads_are_told_in_order_with_other_lines_between() -> None:
    threads = (
        Thread((Line("one"), Line("two"), Line("three")), apart=3),
        *(Thread((Line(f"other {i}"),)) for i in range(20)),
    )
    said = [line.say for line in chatter._order(threads, 4)]
    places = [said.index(word) for word in ("one", "two", "three")]
    assert places == sorted(places)
    if places[0] < 15:
        assert places[1] - places[0] == 3
    assert sorted(said) == sorted(line.say for thread in threads for line in thread.lines)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("lines = [", "not a chatter file"),
        ('lines = ["Only one."]', "only 1 lines"),
        (ENOUGH.replace('"Line 1."', '"Line 2."'), 'said twice: "Line 2."'),
        (ENOUGH.replace('"Line 1."', '"It is {time}."'), "nothing to say otherwise"),
        ("liens = []\n" + ENOUGH, 'unknown key "liens"'),
        (ENOUGH + '[[remark]]\nsay = "Hm."\n', "otherwise"),
    ],
)
def test_a_faulty_file_is_refused(source: str, message: str) -> None:
    with pytest.raises(ChatterError) as error:
        parse(source)
    assert message in str(error.value)


def test_what_is_not_known_is_not_said() -> None:
    asking = [
        i for i in range(len(SHIPPED)) if "Fern" in SHIPPED.line(i, now=NOW, pictures=["Fern"])
    ]
    assert asking
    assert all("Fern" not in SHIPPED.line(i, now=NOW) for i in asking)
