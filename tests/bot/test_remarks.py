"""Remarks: what the robot says on its own, and in which order."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.facts.costs import delivery_costs
from bot.knowledge import BENCHMARK, REMARKS
from bot.remarks.events import Events
from bot.remarks.loading import MIN_REMARKS, RemarksError, parse_remarks
from bot.remarks.schedule import DAY, HOUR, Remark, Series, _order, in_order
from bot.text.spelling import is_russian

SHIPPED = parse_remarks(REMARKS.read_text("utf-8"))
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
ENOUGH = "lines = [" + ",".join(f'"Remark {i}."' for i in range(MIN_REMARKS)) + "]\n"


FIRST = 1_795_000_000  # a tick of November 2026


def remarks(
    count: int,
    *,
    first: int = FIRST,
    subject: str = "",
    pictures: Sequence[str] = (),
    russian: bool = False,
) -> list[str]:
    return [
        SHIPPED.at(tick, now=NOW, subject=subject, pictures=pictures, russian=russian)
        for tick in range(first, first + count)
    ]


@pytest.mark.parametrize(
    ("subject", "pictures", "russian"), [("", (), False), ("weather", ("Fern", "Dunes"), True)]
)
def test_no_remark_is_repeated_within_an_hour(
    subject: str, pictures: Sequence[str], russian: bool
) -> None:
    two_days = range(FIRST, FIRST + 2 * DAY, DAY - 7_200)
    for first in two_days:
        last: dict[str, int] = {}
        said = remarks(14_400, first=first, subject=subject, pictures=pictures, russian=russian)
        for tick, remark in enumerate(said):
            assert remark
            assert "{" not in remark
            assert tick - last.get(remark, -HOUR) >= HOUR
            last[remark] = tick


def test_each_day_has_an_order_of_its_own() -> None:
    assert _order(SHIPPED, 1) != _order(SHIPPED, 2)
    assert sorted(map(str, _order(SHIPPED, 1))) == sorted(map(str, _order(SHIPPED, 2)))


def test_some_remarks_are_russian_while_people_talk_russian() -> None:
    assert any(text in SHIPPED.russian for text in remarks(100, russian=True))
    assert not any(map(is_russian, remarks(1000)))


@pytest.mark.parametrize("pictures", [(), ("Fern", "Dunes")])
def test_no_three_words_open_more_than_one_remark_in_fifty(pictures: Sequence[str]) -> None:
    all_remarks = remarks(len(SHIPPED), pictures=pictures)
    openings = Counter(" ".join(remark.split()[:3]) for remark in all_remarks)
    assert max(openings.values()) <= len(all_remarks) / 50


def test_an_event_is_remarked_on_once_an_hour() -> None:
    events = Events()
    assert events.next(FIRST) == ""
    for _ in range(2):
        events.add_picture("Fern")
    assert "Fern" in events.next(FIRST)
    assert events.next(FIRST + 1) == ""
    events.add_visitor("Ann")
    assert "Ann" in events.next(FIRST + 2, russian=True)


def test_the_cost_of_a_delivery_comes_from_the_benchmark(tmp_path: Path) -> None:
    assert "µs by long polling" in delivery_costs(BENCHMARK)
    assert delivery_costs(tmp_path / "missing.json") == ""


def test_a_series_stays_in_order_with_other_remarks_between() -> None:
    series = (
        Series((Remark("one"), Remark("two"), Remark("three")), apart=3),
        *(Series((Remark(f"other {i}"),)) for i in range(20)),
    )
    texts = [remark.text for remark in in_order(series, 4)]
    ticks = [texts.index(word) for word in ("one", "two", "three")]
    assert ticks == sorted(ticks)
    if ticks[0] < 15:
        assert ticks[1] - ticks[0] == 3
    assert sorted(texts) == sorted(remark.text for part in series for remark in part.remarks)


def test_a_remark_about_a_picture_is_made_only_if_there_is_one() -> None:
    about_fern = [
        i for i in range(2 * len(SHIPPED)) if "Fern" in SHIPPED.at(i, now=NOW, pictures=["Fern"])
    ]
    assert about_fern
    assert all("Fern" not in SHIPPED.at(i, now=NOW) for i in about_fern)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("lines = [", "not a valid file of remarks"),
        ('lines = ["Only one."]', "but the file has 1"),
        (ENOUGH.replace('"Remark 1."', '"Remark 2."'), 'occurs twice: "Remark 2."'),
        (ENOUGH.replace('"Remark 1."', '"It is {time}."'), "needs an `otherwise`"),
        ("liens = []\n" + ENOUGH, 'unknown key "liens"'),
        (ENOUGH + '[[remark]]\nsay = "Hm."\n', "otherwise"),
    ],
)
def test_an_invalid_file_is_refused_with_the_reason(source: str, message: str) -> None:
    with pytest.raises(RemarksError) as error:
        parse_remarks(source)
    assert message in str(error.value)
