"""Messages keep the fields of their line, and clients see only the public ones."""

import pytest

from dialog import Dialog, FileStore
from dialog.extra import copied_from, is_answered_elsewhere
from dialog.message import from_line
from tests.messages import fill

pytestmark = pytest.mark.both


def test_extra_fields_are_stored_and_read_back_but_not_public(dialog: Dialog) -> None:
    message = dialog.append("hi", extra={"mood": "good"})
    assert message.extra == {"mood": "good"}
    assert dialog.newest(1).messages == (message,)
    assert b"mood" not in dialog.newest(1).json


def test_only_extra_fields_that_are_strings_are_kept() -> None:
    line = b'{"text": "hi", "author": "Ann", "mood": "good", "stars": 5, "tags": ["a"], "id": "x"}'
    assert from_line(line, "1-0").extra == {"mood": "good", "id": "x"}


def test_copying_knows_its_own_fields(dialog: Dialog) -> None:
    (plain,) = fill(dialog, "a")
    assert (copied_from(plain), is_answered_elsewhere(plain)) == ("", False)
    copy = dialog.append("b", extra={"copy_of": "7-0", "answered": "yes"})
    assert (copied_from(copy), is_answered_elsewhere(copy)) == ("7-0", True)


@pytest.mark.file
def test_the_line_of_a_copy_keeps_its_format(dialog: FileStore) -> None:
    extra = {"copy_of": "7-0", "answered": "yes"}
    dialog.append("b", author="Zoë", nonce="n", time="2026-11-23T09:40:00.123Z", extra=extra)
    assert dialog.path.read_text("utf-8") == (
        '{"time": "2026-11-23T09:40:00.123Z", "role": "user", "author": "Zoë", "text": "b", '
        '"nonce": "n", "copy_of": "7-0", "answered": "yes"}\n'
    )
