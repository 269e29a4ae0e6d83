"""A text that shows nothing is not a message, whichever way it comes in."""

import pytest

from dialog import Dialog
from dialog.message import shows_nothing
from tests.conftest import Server
from tests.messages import by_hand, texts

pytestmark = pytest.mark.both

BLANK = {
    "empty": "",
    "white space": " \t\r\n\u3000\u2028\x85",
    "control": "\0\x07\x7f",
    "zero width": "\u200b\u200d\u2060\ufeff\u00ad\u180e",
    "direction": "\u202e\u2066\u2069",
    "Braille": "\u2800\u2800",
    "Hangul": "\u3164\u115f\u1160\uffa0",
    "joiners": "\u034f\u17b4\u17b5\U0001d159",
    "selectors": "\ufe0f\u180b\U000e0100",
    "tags": "\U000e0041",
    "colour": "\x1b[31m\x1b[0;1m",
    "cursor": "\x1b[2J\x9b1;1H\x1b7",
    "title": "\x1b]0;title\x07\x1b]0;title\x1b\\",
    "character set": "\x1b(B\x1b#8",
}
VISIBLE = ["a", "\x1b[31mred\x1b[0m", "\u2800.", "[31m", "❤\ufe0f", "👩\u200d🔬", "한", "\u0301a"]
VISIBLE += ["⠁", "\x1b]not ended"]


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK.keys())
def test_a_blank_text_shows_nothing(text: str) -> None:
    assert shows_nothing(text)


@pytest.mark.parametrize("text", VISIBLE)
def test_a_text_with_a_visible_character_shows_something(text: str) -> None:
    assert not shows_nothing(text)


def test_a_blank_line_is_not_a_message(dialog: Dialog) -> None:
    by_hand(dialog, *({"text": text} for text in BLANK.values() if text))
    last = dialog.append("last")
    assert texts(dialog.newest(99).messages) == ["last"]
    with pytest.raises(ValueError, match="no text"):
        dialog.append(BLANK["colour"])
    assert dialog.end() == last.id


@pytest.mark.file
def test_a_blank_post_is_refused(server: Server) -> None:
    for text in BLANK.values():
        answer = server.client.post("/messages", json={"text": text})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "empty")
