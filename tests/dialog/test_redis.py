"""What only a dialog on Redis has: entries added by hand, its cursors, pages from memory."""

import time

import pytest
from redis import Redis

from dialog import BadCursor, CursorGone, Dialog
from dialog.redis.keys import MESSAGES
from tests.messages import by_hand, fill, many, texts
from tests.redis_server import RedisServer
from tests.waiting import until


@pytest.fixture
def address(redis_server: RedisServer) -> str:
    return redis_server.address()


def test_an_entry_added_by_hand_needs_only_a_text(dialog: Dialog) -> None:
    by_hand(dialog, {"text": "hi"}, {"text": "yo", "role": "king", "author": ""})
    for message in dialog.newest(10).messages:
        assert (message.role, message.author) == ("user", "Guest")
        assert message.time.endswith("Z")


def test_an_entry_that_is_not_a_message_is_skipped_and_logged_once(
    dialog: Dialog, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    (first,) = fill(dialog, "a")
    redis.xadd(MESSAGES, {"role": "user"})
    redis.xadd(MESSAGES, {b"text": b"\xff"})
    redis.xadd(MESSAGES, {"text": "x" * 40_000})
    fill(dialog, "b")
    assert texts(dialog.after(first.id, 10).messages) == ["b"]
    assert texts(dialog.newest(2).messages) == ["a", "b"]
    assert texts(dialog.before(dialog.newest(1).next, 1).messages) == ["a"]
    assert len(caplog.records) == 3


@pytest.mark.parametrize(
    "cursor",
    ["48-0123456789abcdef", "48-0123456789012345", "0-" + "0" * 16, "48-1", "9" * 17 + "-0"],
)
def test_a_cursor_of_another_dialog_is_gone(dialog: Dialog, cursor: str) -> None:
    fill(dialog, "a")
    for read in dialog.after, dialog.before:
        with pytest.raises(CursorGone):
            read(cursor, 10)
    with pytest.raises(BadCursor):
        dialog.after(f"{cursor}x", 10)


@pytest.mark.parametrize(
    ("id_", "following"),
    [
        ("18446744073709551615-0", "18446744073709551615-1"),
        ("9999999999999999999-5", "9999999999999999999-6"),
        ("99999999999999999-18446744073709551614", "99999999999999999-18446744073709551615"),
    ],
)
def test_an_entry_with_an_id_of_20_digits_is_a_message(
    dialog: Dialog, redis: Redis, id_: str, following: str
) -> None:
    first = dialog.append("a")
    redis.xadd(MESSAGES, {"text": "b"}, id=id_)
    page = dialog.after(first.id, 9)
    assert (texts(page.messages), page.next) == (["b"], id_)
    assert page.messages[0].time == ""
    assert dialog.append("c").id == following
    assert texts(dialog.after(page.next, 9).messages) == ["c"]
    assert texts(dialog.before(following, 9).messages) == ["a", "b"]
    assert dialog.surviving_cursor(id_) == id_


@pytest.mark.parametrize("cursor", ["99999999999999999999-0", "1-99999999999999999999"])
def test_a_cursor_that_no_entry_can_have_is_malformed(dialog: Dialog, cursor: str) -> None:
    for read in dialog.after, dialog.before:
        with pytest.raises(BadCursor):
            read(cursor, 9)
    assert dialog.surviving_cursor(cursor) is None


def test_messages_older_than_the_age_are_dropped(dialog: Dialog, redis: Redis) -> None:
    now = int(time.time() * 1000)
    for number in range(101):  # ten a day, the last now
        redis.xadd(MESSAGES, {"text": str(number)}, id=f"{now - (100 - number) * 8_640_000}-0")
    assert dialog.trim(age=11 * 86_400) == 0
    dialog.trim(age=8 * 86_400)
    page = dialog.after(dialog.start(), 1000)
    assert texts(page.messages)[0] in {"40", "41"}  # a trim keeps three quarters of eight days
    assert dialog.trim(age=8 * 86_400) == 0


def test_the_newest_messages_are_read_from_memory(dialog: Dialog) -> None:
    messages = many(dialog, *map(str, range(1500)))
    with dialog.watch(lambda: None):
        until(lambda: dialog.after_nowait(messages[-1].id, 1) is not None)
        assert dialog.after_nowait(messages[0].id, 1) is None
        for position in 600, 1497, 1498, 1499:
            for limit in 1, 2, 1000:
                cursor = messages[position].id
                assert dialog.after_nowait(cursor, limit) == dialog.after(cursor, limit)
        messages += fill(dialog, "news")
        until(lambda: dialog.after_nowait(messages[-1].id, 1) is not None)
        page = dialog.after_nowait(messages[-2].id, 9)
        assert page == dialog.after(messages[-2].id, 9)
        assert page is dialog.after_nowait(messages[-2].id, 9)  # encoded once
    assert dialog.after_nowait(messages[-1].id, 1) is None
