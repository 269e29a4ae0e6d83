"""Finding the first message of a time, without an index."""

import pytest

from dialog import Dialog
from tests.messages import by_hand, texts

pytestmark = pytest.mark.both


def day(number: int, hour: int = 12) -> str:
    return f"2026-03-{number:02}T{hour:02}:00:00.000Z"


def test_a_page_starts_with_the_first_message_of_a_time(dialog: Dialog) -> None:
    lines = [{"time": day(n), "text": f"{n} {i}"} for n in range(1, 29) for i in range(300)]
    by_hand(dialog, *lines)
    for number in range(1, 29):
        for hour in 0, 12:
            assert texts(dialog.since(day(number, hour), 2).messages) == [
                f"{number} 0",
                f"{number} 1",
            ]


def test_a_time_before_all_messages_gives_the_first_one(dialog: Dialog) -> None:
    by_hand(dialog, *({"time": day(n), "text": str(n)} for n in range(1, 5)))
    page = dialog.since("0001-01-01T00:00:00.000Z", 2)
    assert (texts(page.messages), page.more) == (["1", "2"], True)


def test_a_time_after_all_messages_gives_an_empty_page(dialog: Dialog) -> None:
    assert dialog.since(day(1), 5).messages == ()
    by_hand(dialog, *({"time": day(n), "text": str(n)} for n in range(1, 5)))
    assert dialog.since(day(5), 5).messages == ()


@pytest.mark.file
def test_lines_without_a_time_are_passed_over(dialog: Dialog) -> None:
    lines = [{"time": day(n), "text": f"dated {n}"} for n in range(1, 29)]
    padding = [{"text": "x" * 1000} for _ in range(50)]
    by_hand(dialog, *(line for dated in lines for line in (dated, *padding)))
    for number in range(2, 29):
        assert dialog.since(day(number), 60).messages[0].text in ("x" * 1000, f"dated {number}")
        assert f"dated {number}" in texts(dialog.since(day(number), 60).messages)
