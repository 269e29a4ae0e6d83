"""Searching a dialog: what is found, in which order, and how a long search goes on."""

from collections.abc import Iterator

import pytest

from dialog import BadCursor, CursorGone, Dialog, FileStore, Message, searching
from dialog.file.search import BLOCK
from dialog.message import LONGEST_LINE
from tests.messages import by_hand, fill, many, size_of, texts, write

pytestmark = pytest.mark.both


def search(dialog: Dialog, text: str, limit: int = 50) -> Iterator[Message]:
    """Yield every message that is found, the newest first, over all answers."""
    cursor, more = None, True
    while more:
        page = dialog.search(text, limit, cursor)
        assert len(page.messages) <= limit
        yield from reversed(page.messages)
        cursor, more = page.next, page.more


def found(dialog: Dialog, text: str) -> list[str]:
    return [message.text for message in search(dialog, text)]


def test_messages_are_found_by_text_and_author_as_they_are(dialog: Dialog) -> None:
    first, second, third = (
        dialog.append(text, author=author)
        for text, author in (("One joke", "Ann"), ("hello", "Joker"), ("bye", "Bob"))
    )
    assert dialog.search("joke", 50).messages == (first, second)
    assert dialog.search("bob", 50).messages == (third,)
    assert dialog.search("zebra", 50).messages == ()


@pytest.mark.parametrize(
    ("text", "sought"),
    [
        ("Schöne Grüße", "SCHÖNE GRÜSSE"),
        ("Straße", "strasse"),
        ("STRASSE", "straße"),
        ("Привет, Зоя", "привет, зоя"),
        ("ΟΔΟΣ", "οδος"),
        ("273 K", "273 k"),
        ('He said "no".', '"no"'),
        ("C:\\Users\\Ann", "c:\\users"),
        ("one\ntwo", "ONE\nTWO"),
        ("a\tb", "a\tb"),
        ("and/or", "and/or"),
        ("👨‍👩‍👧 family", "👨‍👩‍👧"),
        ("100% sure_thing [x]", "% SURE_thing [x"),
    ],
)
def test_case_and_escapes_do_not_matter(dialog: Dialog, text: str, sought: str) -> None:
    fill(dialog, "before", text, "after")
    assert found(dialog, sought) == [text]
    assert found(dialog, sought + "x") == []


def test_names_of_fields_are_not_found(dialog: Dialog) -> None:
    fill(dialog, "hello")
    for sought in "time", "role", "author", "text", "user", '", "', "2026":
        assert found(dialog, sought) == []


def test_a_message_without_an_author_is_found_by_the_name_that_it_shows(dialog: Dialog) -> None:
    by_hand(dialog, {"text": "a"}, {"text": "b", "role": "robot"}, {"text": "c", "author": "Ann"})
    assert found(dialog, "guest") == ["a"]
    assert found(dialog, "ROBOT") == ["b"]


@pytest.mark.file
def test_every_spelling_of_a_line_is_found(dialog: FileStore) -> None:
    for spelling in (
        '"caf\\u00e9\\/bar"',
        '"\\u0063\\u0061\\u0066\\u00E9/b\\u0061r"',
        '"café/bar"',
    ):
        write(dialog.path, f'{{"text":{spelling}}}\n')
    assert found(dialog, "CAFÉ/BAR") == ["café/bar"] * 3
    assert found(dialog, "afé") == ["café/bar"] * 3
    assert found(dialog, "caf") == ["café/bar"] * 3


@pytest.mark.file
@pytest.mark.parametrize("size", [BLOCK - 40, BLOCK, BLOCK + 40, 3 * BLOCK + 7])
@pytest.mark.parametrize("bound", [0, 1])
def test_a_line_longer_than_a_block_is_passed_over(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch, size: int, bound: int
) -> None:
    monkeypatch.setattr(searching, "SEARCH_BYTES", bound * searching.SEARCH_BYTES)
    for number in range(3):
        line = b'{"text": "needle %d"}\n' % number
        write(dialog.path, line + b"needle ".ljust(size - number, b" ") + b"\n" + line)
    assert found(dialog, "needle") == [f"needle {number}" for number in (2, 2, 1, 1, 0, 0)]


@pytest.mark.file
def test_lines_that_are_no_messages_are_passed_over(dialog: FileStore) -> None:
    fill(dialog, "needle 1")
    junk = b"\xff needle\n" + b"\n" + b'"needle"\n' + b"needle " * LONGEST_LINE + b"\n"
    write(dialog.path, junk + b'{"text": "needle 2"}\n' + junk + b'{"text": "needle, half')
    assert found(dialog, "needle") == ["needle 2", "needle 1"]


def test_the_limit_counts_messages_that_are_found(dialog: Dialog) -> None:
    many(dialog, *(f"{'odd' if number % 2 else 'even'} {number}" for number in range(2000)))
    page = dialog.search("odd", 3)
    assert (texts(page.messages), page.more) == (["odd 1995", "odd 1997", "odd 1999"], True)
    page = dialog.search("odd", 3, page.next)
    assert texts(page.messages) == ["odd 1989", "odd 1991", "odd 1993"]
    expected = [f"odd {number}" for number in range(1999, 0, -2)]
    assert [message.text for message in search(dialog, "ODD", 7)] == expected
    assert list(search(dialog, "odd", 500)) == list(search(dialog, "odd", 3))


@pytest.mark.parametrize("bound", ["SEARCH_BYTES", "SEARCH_TIME"])
def test_a_search_ends_early_and_goes_on_at_its_cursor(
    dialog: Dialog, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(searching, bound, 0)
    many(dialog, "needle 1", *("x" * 100 for _ in range(3000)), "needle 2")
    page = dialog.search("needle", 50)
    assert (texts(page.messages), page.more) == (["needle 2"], True)
    answers = 1
    while page.more:
        assert dialog.before(page.next, 1).messages
        page = dialog.search("needle", 50, page.next)
        answers += 1
    assert texts(page.messages) == ["needle 1"]
    assert answers > 2


def test_an_empty_dialog_has_nothing_to_find(dialog: Dialog) -> None:
    page = dialog.search("a", 50)
    assert page == dialog.search("a", 50, page.next) == dialog.newest(1)


def test_a_search_before_a_bad_or_gone_cursor_is_refused(dialog: Dialog) -> None:
    first, second = fill(dialog, "a", "a")
    assert dialog.search("a", 50, first.id).messages == ()
    assert dialog.search("a", 50, second.id).messages == (first,)
    with pytest.raises(BadCursor):
        dialog.search("a", 50, "x")
    with pytest.raises(BadCursor):
        dialog.search("a", 50, "")
    with pytest.raises(CursorGone):
        dialog.search("a", 50, "99999-0123456789abcdef")


def test_a_trimmed_dialog_can_be_searched(dialog: Dialog) -> None:
    messages = many(dialog, *(f"needle {number}" for number in range(1000)))
    assert dialog.trim(size=size_of(dialog) / 2)
    kept = dialog.after(dialog.start(), 1000).messages
    assert 0 < len(kept) < 1000
    assert tuple(search(dialog, "needle", 500))[::-1] == kept
    with pytest.raises(CursorGone):
        dialog.search("needle", 50, messages[0].id)
