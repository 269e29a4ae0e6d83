"""Where the search for messages without a reply starts, and how little it reads."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from dialog import Dialog, FileStore, Page, timestamp
from dialog.extra import CHECKPOINT, COPY_OF
from dialog.unanswered import MOST_SEARCHED, PAGE, unanswered_start
from tests.messages import by_hand, fill, many, size_of

pytestmark = pytest.mark.both

OLD = timestamp(2 * 3600)


def start(dialog: Dialog) -> str:
    return unanswered_start(dialog, datetime.now(UTC))


def remarks(dialog: Dialog, count: int, **fields: str) -> None:
    line = {"role": "robot", "author": "Robot", "text": "Hm.", "time": timestamp()}
    by_hand(dialog, *(line | fields | {"text": f"Hm {number}."} for number in range(count)))


def test_it_is_the_start_of_a_dialog_without_a_checkpoint(dialog: Dialog) -> None:
    assert start(dialog) == dialog.start()
    fill(dialog, "hello")
    remarks(dialog, 3 * PAGE)
    assert start(dialog) == dialog.start()


def test_it_is_the_newest_checkpoint(dialog: Dialog) -> None:
    first, second, *_ = many(dialog, *map(str, range(5)))
    for cursor in first.id, second.id:
        remarks(dialog, 1, **{CHECKPOINT: cursor})
    remarks(dialog, 2 * PAGE)
    by_hand(dialog, {"text": "mine", CHECKPOINT: dialog.end()})  # only the robot's count
    assert start(dialog) == second.id


def test_it_is_the_start_if_the_checkpoint_was_trimmed(dialog: Dialog) -> None:
    first, *_ = many(dialog, *map(str, range(300)))
    remarks(dialog, 1, **{CHECKPOINT: first.id})
    assert dialog.trim(size=size_of(dialog) / 2)
    assert start(dialog) == dialog.start()


def test_it_passes_over_lines_of_copies(dialog: Dialog) -> None:
    (first,) = fill(dialog, "waits")
    remarks(dialog, 2 * PAGE, time=OLD, **{COPY_OF: "1-0", CHECKPOINT: first.id})
    assert start(dialog) == dialog.start()


def test_it_does_not_read_messages_that_are_too_old(dialog: Dialog) -> None:
    by_hand(dialog, *({"text": "old", "time": OLD} for _ in range(3 * PAGE)))
    new = many(dialog, *map(str, range(PAGE // 2)))
    found = dialog.after(start(dialog), 10 * PAGE).messages
    assert found[-len(new) :] == tuple(new)
    assert len(found) < 2 * PAGE


def test_it_gives_up_on_a_robot_without_checkpoints(
    dialog: Dialog, caplog: pytest.LogCaptureFixture
) -> None:
    remarks(dialog, MOST_SEARCHED // 2000, text="x")
    line = {"role": "robot", "text": "x" * 3000, "time": timestamp()}
    by_hand(dialog, *(line for _ in range(MOST_SEARCHED // 2000)))
    with caplog.at_level(logging.WARNING):
        assert start(dialog) != dialog.start()
    assert "no checkpoint" in caplog.text


@pytest.mark.file
def test_it_reads_the_same_at_any_length(dialog: FileStore) -> None:
    """The number of pages, counted for a thousand and for fifty thousand remarks."""
    pages = 0

    class Counting(FileStore):
        def newest(self, limit: int) -> Page:
            nonlocal pages
            pages += 1
            return super().newest(limit)

        def before(self, cursor: str, limit: int) -> Page:
            nonlocal pages
            pages += 1
            return super().before(cursor, limit)

    counts = []
    for length in 1000, 50_000:
        remarks(dialog, length)
        remarks(dialog, 1, **{CHECKPOINT: dialog.end()})
        remarks(dialog, PAGE)
        pages = 0
        start(Counting(dialog.path))
        counts.append(pages)
    assert counts == [2, 2]


def test_times_of_every_kind_can_be_compared(dialog: Dialog) -> None:
    for time in "yesterday", "0001-01-01T00:00+14:00", "9999-12-31", "2026-11-24 10:00":
        by_hand(dialog, {"text": "hello", "time": time})
    now = datetime.now(UTC) + timedelta(days=1)
    assert unanswered_start(dialog, now) == dialog.start()
