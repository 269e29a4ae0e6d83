"""What every store promises about appending and reading."""

from pathlib import Path

import pytest

from dialog import (
    BadCursor,
    CursorGone,
    Dialog,
    Draft,
    FileStore,
    Unavailable,
    open_dialog,
)
from tests.messages import emptied, fill, many, texts, write

pytestmark = pytest.mark.both


def test_a_message_is_read_as_it_was_appended(dialog: Dialog) -> None:
    message = dialog.append("hi", role="robot", author="Zoë", reply_to="7-x", nonce="n")
    assert dialog.newest(10).messages == (message,)
    assert (message.role, message.author, message.text, message.reply_to) == (
        "robot",
        "Zoë",
        "hi",
        "7-x",
    )
    assert message.time.endswith("Z")


def test_an_empty_dialog_has_an_empty_page_and_a_cursor(dialog: Dialog) -> None:
    page = dialog.newest(10)
    assert page.messages == ()
    assert page.next == dialog.start()
    assert dialog.before(page.next, 10).messages == ()
    assert dialog.after(page.next, 10) == page


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_reading_forwards_gives_each_message_once_in_order(dialog: Dialog, limit: int) -> None:
    fill(dialog, *map(str, range(7)))
    cursor, read = dialog.start(), []
    while True:
        page = dialog.after(cursor, limit)
        read += texts(page.messages)
        cursor = page.next
        if not page.more:
            break
    assert read == list("0123456")
    assert dialog.after(cursor, limit).messages == ()


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_reading_backwards_gives_each_message_once(dialog: Dialog, limit: int) -> None:
    fill(dialog, *map(str, range(7)))
    page = dialog.newest(limit)
    read = texts(page.messages)
    more = page.messages[0].id
    while (page := dialog.before(more, limit)).messages:
        read = texts(page.messages) + read
        more = page.next
    assert not page.more
    assert read == list("0123456")


def test_an_id_is_also_the_cursor_behind_its_message(dialog: Dialog) -> None:
    first, second, third = fill(dialog, "a", "b", "c")
    assert dialog.after(first.id, 10).messages == (second, third)
    assert dialog.before(third.id, 10).messages == (first, second)
    assert dialog.newest(1).next == third.id


def test_the_same_cursor_gives_the_same_messages_again(dialog: Dialog) -> None:
    first, *_ = fill(dialog, "a", "b")
    assert dialog.after(first.id, 10) == dialog.after(first.id, 10)


@pytest.mark.parametrize(
    "cursor", ["", "x", "-1", "1", "01-" + "0" * 16, "1-" + "g" * 16, "9" * 10**6]
)
def test_a_malformed_cursor_is_bad_and_an_unknown_one_is_gone(dialog: Dialog, cursor: str) -> None:
    fill(dialog, "a")
    with pytest.raises(BadCursor):
        dialog.after(cursor, 10)
    ahead = dialog.start().replace("0-", "999999-")  # past the end, with the hash of nothing
    for gone in "1-0123456789abcdef", ahead:
        with pytest.raises(CursorGone):
            dialog.after(gone, 10)


def test_a_cursor_into_an_emptied_dialog_is_gone(dialog: Dialog) -> None:
    (message,) = fill(dialog, "a")
    emptied(dialog)
    with pytest.raises(CursorGone):
        dialog.after(message.id, 10)
    assert dialog.newest(10).messages == ()


@pytest.mark.file
def test_a_line_written_by_hand_needs_only_a_text(dialog: FileStore) -> None:
    write(
        dialog.path, '{"text": "hi"}\n{"text": "yo", "role": "king", "author": 7, "time": null}\n'
    )
    for message in dialog.newest(10).messages:
        assert (message.role, message.author, message.time) == ("user", "Guest", "")


def test_messages_appended_together_are_returned_as_they_are_read(dialog: Dialog) -> None:
    dialog.append("before", nonce="n1")
    drafts = [Draft("a", nonce="n1"), *(Draft("b" * 600, nonce="n2") for _ in range(3)), Draft("c")]
    known, *same, last = dialog.append_all(drafts)
    assert [known.text, same[0].text, last.text] == ["before", "b" * 600, "c"]
    assert same == same[:1] * 3
    assert dialog.newest(9).messages == (known, same[0], last)
    assert dialog.after(known.id, 9).messages == (same[0], last)
    assert dialog.after(same[0].id, 9).messages == (last,)


def test_a_nonce_stands_for_one_message_in_all_processes(dialog: Dialog, address: str) -> None:
    first = dialog.append("a", nonce="n1")
    dialog.append("b", nonce="n2")
    assert dialog.append("a", nonce="n1") == first
    assert open_dialog(address).append("a", nonce="n1") == first
    assert texts(dialog.newest(10).messages) == ["a", "b"]


def test_a_nonce_is_forgotten_with_its_message(dialog: Dialog) -> None:
    dialog.append("a", nonce="n1")
    emptied(dialog)
    dialog.append("a", nonce="n1")
    assert texts(dialog.newest(10).messages) == ["a"]


@pytest.mark.file
def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    dialog = FileStore(tmp_path / "nowhere" / "dialog.jsonl")
    assert "not there" in str(dialog.health().trouble)
    with pytest.raises(Unavailable):
        dialog.append("a")
    assert dialog.newest(10).messages == ()


@pytest.mark.file
def test_a_folder_in_place_of_the_file_is_reported(path: Path) -> None:
    path.mkdir()
    dialog = FileStore(path)
    assert "not a file" in str(dialog.health().trouble)
    with pytest.raises(Unavailable):
        dialog.newest(10)


@pytest.mark.file
def test_a_page_far_from_the_end_is_left_to_a_thread(dialog: Dialog) -> None:
    start = dialog.start()
    messages = many(dialog, *["x" * 1000] * 100)
    assert dialog.after_nowait(start, 10) is None
    assert dialog.after_nowait(messages[-2].id, 10) == dialog.after(messages[-2].id, 10)
    assert dialog.after_nowait(messages[-1].id, 10) == dialog.after(messages[-1].id, 10)
