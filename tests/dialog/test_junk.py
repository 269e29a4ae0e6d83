"""Junk in a dialog: each read is short, moves on, and loses no message."""

import logging
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from dialog import Dialog, FileStore, Page, timestamp
from dialog.file import pages, trim
from dialog.file.lines import BLOCK_BYTES, position_of
from dialog.interface import LINE_BYTES, PAGE_BYTES
from dialog.message import MOST_REPORTED
from tests.conftest import running, serving
from tests.messages import by_hand, replies, texts, write

MANY = 50_000  # lines or entries
JUNK = {
    "short lines": b"x\n" * MANY,
    "objects": b'{"note": "x"}\n' * MANY,
    "blank lines": b"\n" * 3_000_000,
    "spaces": b" \t\r\n" * 500_000,
    "a long line": b"x" * 3_000_000 + b"\n",
    "long lines": (b'{"text": "' + b"x" * 100_000 + b'"}\n') * 30,
}
TWO_OBJECTS = b'{"text": "no"}{"text": "no"}'
each_kind = pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())


def read_on(page: Page, read: Callable[[str, int], Page]) -> list[Page]:
    """Return this page and the following ones. Each must begin where none began before."""
    found = [page]
    while found[-1].more:
        found.append(read(found[-1].next, 100))
    cursors = [each.next for each in found if each.more]
    assert len(set(cursors)) == len(cursors)
    return found


@pytest.mark.file
@each_kind
def test_reading_passes_junk_in_short_steps_and_loses_nothing(
    dialog: FileStore, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    first = dialog.append("first")
    write(dialog.path, junk)
    last = dialog.append("last", nonce="n")
    assert FileStore(dialog.path).append("last", nonce="n") == last
    forwards = read_on(dialog.after(dialog.start(), 100), dialog.after)
    backwards = read_on(dialog.before(last.id, 100), dialog.before)
    assert [text for page in forwards for text in texts(page.messages)] == ["first", "last"]
    assert [text for page in backwards for text in texts(page.messages)] == ["first"]
    assert dialog.newest(2).messages[-1:] == (last,)
    assert dialog.newest(2).next == last.id
    assert dialog.after(first.id, 1).next != first.id
    assert len(caplog.records) <= MOST_REPORTED + 1


@pytest.mark.both
def test_a_page_ends_after_a_number_of_short_entries_that_are_not_messages(dialog: Dialog) -> None:
    first = dialog.append("first")
    by_hand(dialog, *({"n": "x"} for _ in range(2 * PAGE_BYTES // LINE_BYTES + 9)))
    last = dialog.append("last")
    forwards = read_on(dialog.after(first.id, 9), dialog.after)
    assert [texts(page.messages) for page in forwards] == [[], [], ["last"]]
    backwards = read_on(dialog.before(last.id, 9), dialog.before)
    assert [texts(page.messages) for page in backwards] == [[], [], ["first"]]


@pytest.mark.file
def test_a_quick_read_gives_up_among_short_lines(dialog: FileStore) -> None:
    first = dialog.append("first")
    write(dialog.path, b"x\n" * 10_000)
    dialog.append("last")
    assert dialog.after_nowait(first.id, 9) is None
    assert texts(dialog.after(first.id, 9).messages) == ["last"]


@pytest.mark.file
@each_kind
def test_the_newest_messages_are_found_before_junk(dialog: FileStore, junk: bytes) -> None:
    dialog.append("first")
    write(dialog.path, junk[: pages.NEWEST_PAGES * PAGE_BYTES // LINE_BYTES] + b"\n")
    assert texts(dialog.newest(9).messages) == ["first"]
    assert dialog.newest(9).next == dialog.end()


@pytest.mark.file
def test_a_line_without_an_end_is_passed_once_and_skipped_when_it_ends(dialog: FileStore) -> None:
    cursor = dialog.append("first").id
    for _ in range(3):
        write(dialog.path, b'{"text": "no"}' * 5000)
        page = dialog.after(cursor, 9)
        assert page.messages == ()
        assert position_of(page.next) > position_of(cursor)
        assert position_of(dialog.newest(9).next) > dialog.path.stat().st_size - 2 * 65_536
        cursor = page.next
    write(dialog.path, b'{"text": "no"}\n{"text": "yes"}\n')
    assert texts(dialog.after(cursor, 9).messages) == ["yes"]
    assert texts(dialog.newest(9).messages) == ["first", "yes"]


@pytest.mark.file
@pytest.mark.parametrize("seed", range(20))
def test_all_cursors_give_the_same_messages_whatever_the_lengths_of_the_lines(
    dialog: FileStore, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page ends after a block, so many of the cursors are inside long lines."""
    monkeypatch.setattr(pages, "PASSED_BYTES", 1)
    random = Random(seed)
    expected = []
    for number in range(30):
        size = random.choice(
            [0, 1, 50, 1023, 1024, 32_700, 32_800, 65_535, 65_536, 65_537, 150_000]
        )
        write(dialog.path, random.choice([b"x", b" ", b"\n", TWO_OBJECTS]) * size + b"\n")
        write(dialog.path, b'{"text": "%d"}\n' % number)
        expected.append(str(number))
    forwards = read_on(dialog.after(dialog.start(), 9), dialog.after)
    assert [text for page in forwards for text in texts(page.messages)] == expected
    backwards = read_on(dialog.before(dialog.end(), 9), dialog.before)
    found = [text for page in reversed(backwards) for text in texts(page.messages)]
    assert found == expected[:-1]
    blocks = dialog.path.stat().st_size // BLOCK_BYTES
    assert min(len(forwards), len(backwards)) > blocks / 2


def aged(days_ago: float, text: str = "x") -> bytes:
    return b'{"time": "%s", "text": "%s"}\n' % (
        timestamp(86_400 * days_ago).encode(),
        text.encode(),
    )


@pytest.mark.file
def test_junk_before_the_first_young_message_is_dropped_once(dialog: FileStore) -> None:
    write(dialog.path, b"\n" * 2_000_000 + aged(1) * 50)
    assert dialog.trim(age=30 * 86_400) > 1_900_000
    assert dialog.trim(age=30 * 86_400) == 0
    assert len(dialog.after(dialog.start(), 100).messages) == 50


@pytest.mark.file
def test_a_trim_to_an_age_keeps_messages_without_a_time_before_junk(dialog: FileStore) -> None:
    write(dialog.path, aged(60) * 50 + b'{"text": "undated"}\n' + b"\n" * 2_000_000 + aged(1) * 50)
    assert dialog.trim(age=30 * 86_400) > 0
    assert texts(dialog.after(dialog.start(), 1).messages) == ["undated"]


@pytest.mark.file
def test_a_trim_to_an_age_stops_behind_many_messages_without_a_time(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trim, "MOST_UNDATED", 100)
    write(dialog.path, aged(60) + b'{"text": "undated"}\n' * 90 + aged(60))
    write(dialog.path, b'{"text": "undated"}\n' * 110 + aged(60) * 50)
    dialog.trim(age=30 * 86_400)
    assert len(dialog.after(dialog.start(), 1000).messages) == 160


@pytest.mark.file
def test_server_and_robot_answer_and_end_among_junk(path: Path) -> None:
    """`serving` and `running` fail if a program does not end within 10 s."""
    write(path, b'{"text": "before"}\n' + b"\n" * 30_000_000)
    with serving(path) as server, running("robot.py", "--every", "60", "--dialog", str(path)):
        start = {"after": server.dialog.start()}
        page = server.client.get("/messages", params=start).json()
        assert [message["text"] for message in page["messages"]] == ["before"]
        assert "before" in server.client.get("/").text
        behind = {"after": page["next"]}
        assert server.client.get("/messages", params=behind).status_code == 200
        server.say("hello")
        assert len(replies(server.dialog, 2)) == 2
