"""A page ends after about a megabyte, in each direction, and reading on misses nothing."""

from collections.abc import Callable

import pytest

from dialog import Dialog, Page, open_dialog
from dialog.interface import PAGE_BYTES
from dialog.message import LONGEST_LINE
from tests.messages import by_hand, texts
from tests.waiting import until

pytestmark = pytest.mark.both

LIMIT = 10_000
LARGEST_PAGE = PAGE_BYTES + 2 * LONGEST_LINE  # bytes as JSON, with the other fields
TEXTS = [f"{number:03}" + "x" * 20_000 for number in range(160)]  # 3.2 MB


def fill_with_long_messages(dialog: Dialog) -> None:
    by_hand(dialog, *({"text": text, "role": "robot"} for text in TEXTS))


def read_on(page: Page, read: Callable[[str, int], Page]) -> list[Page]:
    """Return this page and the following ones."""
    pages = [page]
    while pages[-1].more:
        pages.append(read(pages[-1].next, LIMIT))
    return pages


def test_reading_forwards_in_pages_of_a_megabyte_misses_nothing(dialog: Dialog) -> None:
    fill_with_long_messages(dialog)
    pages = read_on(dialog.after(dialog.start(), LIMIT), dialog.after)
    assert [text for page in pages for text in texts(page.messages)] == TEXTS
    assert len(pages) == 4
    assert max(len(page.json) for page in pages) < LARGEST_PAGE


def test_reading_backwards_in_pages_of_a_megabyte_misses_nothing(dialog: Dialog) -> None:
    fill_with_long_messages(dialog)
    newest = dialog.newest(LIMIT)
    pages = [newest, *read_on(dialog.before(newest.messages[0].id, LIMIT), dialog.before)]
    assert [text for page in reversed(pages) for text in texts(page.messages)] == TEXTS
    assert len(pages) == 4
    assert max(len(page.json) for page in pages) < LARGEST_PAGE
    assert (newest.next, newest.more) == (dialog.end(), False)


def test_a_page_from_memory_ends_after_a_megabyte(address: str, store: str) -> None:
    if store == "file":
        pytest.skip("a file store keeps no messages in memory")
    dialog = open_dialog(address)
    first = dialog.append("first")
    with dialog.watch(lambda: None):
        until(lambda: dialog.after_nowait(first.id, 1) is not None)
        fill_with_long_messages(dialog)
        end = dialog.end()
        until(lambda: dialog.after_nowait(end, 1) is not None)
        page = dialog.after_nowait(first.id, LIMIT)
        assert page
        assert page.more
        assert len(page.json) < LARGEST_PAGE
        assert page.next == page.messages[-1].id
        pages = read_on(page, dialog.after)
    assert [text for page in pages for text in texts(page.messages)] == TEXTS


def test_each_page_ends_and_goes_on_among_lines_that_are_not_messages(dialog: Dialog) -> None:
    first = dialog.append("first")
    by_hand(dialog, *({"note": "x" * 10_000} for _ in range(250)))
    last = dialog.append("last")
    forwards = read_on(dialog.after(first.id, 1), dialog.after)
    assert [texts(page.messages) for page in forwards] == [[], [], ["last"]]
    backwards = read_on(dialog.before(last.id, 1), dialog.before)
    assert [texts(page.messages) for page in backwards] == [[], [], ["first"]]
