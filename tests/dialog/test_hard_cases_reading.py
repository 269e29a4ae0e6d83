"""Hard cases 9 to 12: reading a file that other programs write, cut and replace."""

import logging
import os
from pathlib import Path

import pytest

from dialog import CursorGone, FileStore
from dialog.message import LONGEST_LINE
from tests.messages import cut, fill, texts, write

pytestmark = pytest.mark.file


def test_09_lines_of_any_length_are_read_at_any_boundary(dialog: FileStore) -> None:
    """Lines end before, at and after the sizes of reads; characters take 1 to 4 bytes."""
    written = [
        letter * (size // len(letter.encode()) + shift)
        for size in (1024, 4096, 8192)
        for letter in "aé語😀"
        for shift in range(-40, 3, 7)
    ]
    fill(dialog, *written)
    assert texts(dialog.newest(len(written) + 1).messages) == written
    tenth_last = dialog.newest(10).messages[0]
    assert dialog.newest(10).messages == dialog.newest(100).messages[-10:]
    assert texts(dialog.before(tenth_last.id, 100).messages) == written[:-10][-100:]


def test_09_a_line_is_read_only_when_its_last_byte_is_written(dialog: FileStore) -> None:
    (first,) = fill(dialog, "a")
    for byte in '{"text": "é語😀"}'.encode():
        write(dialog.path, bytes([byte]))
        page = dialog.after(first.id, 10)
        assert (page.messages, page.next) == ((), first.id)
        assert dialog.newest(10).next == first.id
    write(dialog.path, "\n")
    assert texts(dialog.after(first.id, 10).messages) == ["é語😀"]


def test_10_a_cursor_behind_a_cut_stays_gone_after_the_file_has_grown_past_it(
    dialog: FileStore,
) -> None:
    first, second, third = fill(dialog, "a", "b", "c")
    cut(dialog.path, first.id)
    with pytest.raises(CursorGone):
        dialog.after(second.id, 10)
    fill(dialog, "B", "C", "D")
    for gone in second, third:
        with pytest.raises(CursorGone):
            dialog.after(gone.id, 10)
        with pytest.raises(CursorGone):
            dialog.before(gone.id, 10)
    assert texts(dialog.after(first.id, 10).messages) == ["B", "C", "D"]


@pytest.mark.parametrize("change", ["replaced", "deleted", "emptied", "rewritten"])
def test_11_a_cursor_of_a_replaced_file_is_gone(
    dialog: FileStore, tmp_path: Path, change: str
) -> None:
    """The new content has the size of the old. A rewritten file keeps its inode number, too."""
    (old,) = fill(dialog, "a")
    assert texts(dialog.after(dialog.start(), 10).messages) == ["a"]
    content = dialog.path.read_text().replace('"a"', '"b"')
    if change == "replaced":
        (tmp_path / "new").write_text(content)
        (tmp_path / "new").replace(dialog.path)
    else:
        if change == "deleted":
            dialog.path.unlink()
        elif change == "emptied":
            os.truncate(dialog.path, 0)
        dialog.path.write_text(content)
    with pytest.raises(CursorGone):
        dialog.after(old.id, 10)
    assert texts(dialog.after(dialog.start(), 10).messages) == ["b"]


NOT_MESSAGES = {
    "empty": b"",
    "not JSON": b"hello",
    "not an object": b'["text"]',
    "no text": b'{"role": "user"}',
    "text of another type": b'{"text": 7}',
    "blank text": b'{"text": " \\n"}',
    "NUL": b"\0\0\0",
    "not UTF-8": b'{"text": "\xff"}',
    "lone surrogate": b'{"text": "\\ud800"}',
    "lone surrogate as author": b'{"text": "hi", "author": "\\udc00"}',
    "nested too deep": b"[" * 20_000,
    "a number too long": b'{"text": ' + b"9" * 5000 + b"}",
    "too long": b'{"text": "' + b"x" * LONGEST_LINE + b'"}',
    "10 MB": b'{"text": "' + b"x" * 10_000_000 + b'"}',
}


@pytest.mark.parametrize("line", NOT_MESSAGES.values(), ids=NOT_MESSAGES.keys())
def test_12_a_line_that_is_not_a_message_is_skipped_and_logged_once(
    dialog: FileStore, caplog: pytest.LogCaptureFixture, line: bytes
) -> None:
    caplog.set_level(logging.WARNING)
    (first,) = fill(dialog, "a")
    write(dialog.path, line + b"\n")
    fill(dialog, "b")
    assert texts(dialog.after(first.id, 10).messages) == ["b"]
    assert texts(dialog.newest(10).messages) == ["a", "b"]
    assert texts(dialog.before(dialog.newest(1).messages[0].id, 1).messages) == ["a"]
    assert len(caplog.records) == 1
    assert "x" * 100 not in caplog.text


def test_12_unicode_line_separators_do_not_end_a_line(dialog: FileStore) -> None:
    text = "a\u2028b\u2029c\x85d\x0be\x1cf\ng\rh\0i"
    fill(dialog, text)
    write(dialog.path, '{"text": "raw \u2028 \x85"}\n')
    assert texts(dialog.newest(10).messages) == [text, "raw \u2028 \x85"]
