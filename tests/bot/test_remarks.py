"""Remarks: what the robot says on its own, and in which order."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.knowledge import REMARKS
from bot.remarks.loading import MIN_REMARKS, RemarksError, parse_remarks
from bot.remarks.schedule import Remark, Series, in_order

SHIPPED = parse_remarks(REMARKS.read_text("utf-8"))
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
ENOUGH = "lines = [" + ",".join(f'"Remark {i}."' for i in range(MIN_REMARKS)) + "]\n"


def remarks(count: int, *, seed: int = 0, subject: str = "", pictures: list[str]) -> list[str]:
    return [
        SHIPPED.at(tick, now=NOW, seed=seed, subject=subject, pictures=pictures)
        for tick in range(count)
    ]


@pytest.mark.parametrize(("subject", "pictures"), [("", []), ("weather", ["Fern", "Dunes"])])
@pytest.mark.parametrize("seed", [0, 7])
def test_no_remark_is_repeated_within_an_hour(seed: int, subject: str, pictures: list[str]) -> None:
    last: dict[str, int] = {}
    for tick, remark in enumerate(remarks(9000, seed=seed, subject=subject, pictures=pictures)):
        assert remark
        assert "{" not in remark
        assert tick - last.get(remark, -3600) >= 3600
        last[remark] = tick


@pytest.mark.parametrize("pictures", [[], ["Fern", "Dunes"]])
def test_no_three_words_open_more_than_one_remark_in_fifty(pictures: list[str]) -> None:
    all_remarks = remarks(len(SHIPPED), pictures=pictures)
    openings = Counter(" ".join(remark.split()[:3]) for remark in all_remarks)
    assert max(openings.values()) <= len(all_remarks) / 50


def test_a_remark_follows_from_the_tick_and_the_seed_alone() -> None:
    tick = 1_795_000_000
    assert SHIPPED.at(tick, now=NOW) == SHIPPED.at(tick, now=NOW)
    assert remarks(50, seed=1, pictures=[]) != remarks(50, seed=2, pictures=[])


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
        i for i in range(len(SHIPPED)) if "Fern" in SHIPPED.at(i, now=NOW, pictures=["Fern"])
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
