"""Cursors: each store has its own format, and tells a cursor that is gone from nonsense."""

import pytest

from dialog import BadCursor, CursorGone, Dialog, FileStore
from tests.messages import by_hand, emptied, fill, write

pytestmark = pytest.mark.both

FILE_CURSORS = ["48-0123456789abcdef", "48-0123456789012345", "0-0123456789abcdef"]
REDIS_IDS = ["1700000000000-0", "1700000000000-12", "48-1", "99999999999999999-0"]
NEVER_CURSORS = ["1-", "-0", "1_0", " 1-0", "1-0\n", "\uff11-0", "1-\uff10", "1-G", "1-0-0"]
NEVER_CURSORS += ["1-" + "0" * 21, "1" * 21 + "-0"]  # an id of Redis has up to 20 digits


def test_the_end_is_the_cursor_behind_the_last_message(dialog: Dialog) -> None:
    assert dialog.end() == dialog.start()
    *_, last = fill(dialog, "a", "b")
    assert dialog.end() == last.id == dialog.newest(9).next
    assert dialog.after(dialog.end(), 9).messages == ()


def test_reading_from_the_end_gives_the_next_message(dialog: Dialog) -> None:
    fill(dialog, "a")
    end = dialog.end()
    (new,) = fill(dialog, "b")
    assert dialog.after(end, 9).messages == (new,)


def test_the_end_is_behind_entries_that_are_not_messages(dialog: Dialog) -> None:
    (message,) = fill(dialog, "a")
    by_hand(dialog, {"role": "user"})
    assert dialog.end() == dialog.after(message.id, 9).next != message.id


def test_the_end_of_an_emptied_dialog_is_its_start(dialog: Dialog) -> None:
    fill(dialog, "a")
    emptied(dialog)
    assert dialog.end() == dialog.start()


@pytest.mark.file
def test_the_end_is_before_a_line_that_is_half_written(dialog: FileStore) -> None:
    (message,) = fill(dialog, "a")
    write(dialog.path, '{"text": "b"')
    assert dialog.end() == message.id
    write(dialog.path, "}\n")
    assert dialog.end() == dialog.newest(1).messages[0].id != message.id


@pytest.mark.parametrize("cursor", FILE_CURSORS + REDIS_IDS)
def test_a_cursor_of_either_store_that_is_not_in_this_dialog_is_gone(
    dialog: Dialog, cursor: str
) -> None:
    fill(dialog, "a")
    for read in dialog.after, dialog.before:
        with pytest.raises(CursorGone):
            read(cursor, 9)


@pytest.mark.parametrize("text", NEVER_CURSORS)
def test_a_string_that_no_store_gives_out_is_not_a_cursor(dialog: Dialog, text: str) -> None:
    fill(dialog, "a")
    for read in dialog.after, dialog.before:
        with pytest.raises(BadCursor):
            read(text, 9)
