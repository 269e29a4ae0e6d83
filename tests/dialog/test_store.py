"""The dialog: what is appended is read, whichever store has it, whatever happens in between."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialog import (
    BadCursor,
    CursorGone,
    Dialog,
    Draft,
    FileStore,
    Message,
    Unavailable,
    open_dialog,
)
from tests.conftest import HERE
from tests.messages import by_hand, emptied, fill, texts, write
from tests.waiting import until

pytestmark = pytest.mark.both


def test_a_message_comes_back_as_it_was_appended(dialog: Dialog) -> None:
    said = dialog.append("hi", role="robot", author="Zoë", reply_to="7-x", nonce="n")
    assert dialog.newest(10).messages == (said,)
    assert (said.role, said.author, said.text, said.reply_to) == ("robot", "Zoë", "hi", "7-x")
    assert said.time.endswith("Z")


def test_nobody_has_spoken_yet(dialog: Dialog) -> None:
    page = dialog.newest(10)
    assert page.messages == ()
    assert page.next == dialog.start()
    assert dialog.before(page.next, 10).messages == ()
    assert dialog.after(page.next, 10) == page


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_reading_on_gives_each_message_once_in_order(dialog: Dialog, limit: int) -> None:
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
def test_reading_back_gives_each_message_once(dialog: Dialog, limit: int) -> None:
    fill(dialog, *map(str, range(7)))
    page = dialog.newest(limit)
    read = texts(page.messages)
    more = page.messages[0].id
    while (page := dialog.before(more, limit)).messages:
        read = texts(page.messages) + read
        more = page.next
    assert not page.more
    assert read == list("0123456")


def test_an_id_is_the_cursor_behind_its_message(dialog: Dialog) -> None:
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
def test_what_never_was_a_cursor_is_told_from_one_that_is_gone(dialog: Dialog, cursor: str) -> None:
    fill(dialog, "a")
    with pytest.raises(BadCursor):
        dialog.after(cursor, 10)
    ahead = dialog.start().replace("0-", "999999-")  # behind it, the hash of nothing
    for gone in "1-0123456789abcdef", ahead:
        with pytest.raises(CursorGone):
            dialog.after(gone, 10)


def test_a_cursor_into_an_emptied_dialog_is_gone(dialog: Dialog) -> None:
    (said,) = fill(dialog, "a")
    emptied(dialog)
    with pytest.raises(CursorGone):
        dialog.after(said.id, 10)
    assert dialog.newest(10).messages == ()


@pytest.mark.file
def test_a_line_by_hand_needs_a_text_only(dialog: FileStore) -> None:
    write(
        dialog.path, '{"text": "hi"}\n{"text": "yo", "role": "king", "author": 7, "time": null}\n'
    )
    for message in dialog.newest(10).messages:
        assert (message.role, message.author, message.time) == ("user", "Guest", "")


def test_what_is_appended_together_is_what_can_be_read(dialog: Dialog) -> None:
    dialog.append("before", nonce="n1")
    drafts = [Draft("a", nonce="n1"), *(Draft("b" * 600, nonce="n2") for _ in range(3)), Draft("c")]
    known, *same, last = dialog.append_all(drafts)
    assert [known.text, same[0].text, last.text] == ["before", "b" * 600, "c"]
    assert same == same[:1] * 3
    assert dialog.newest(9).messages == (known, same[0], last)
    assert dialog.after(known.id, 9).messages == (same[0], last)
    assert dialog.after(same[0].id, 9).messages == (last,)


def test_a_nonce_gives_one_message_also_to_another_process(dialog: Dialog, address: str) -> None:
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


APPEND = """
import sys
from dialog import open_dialog
dialog = open_dialog(sys.argv[1])
for number in range(int(sys.argv[3])):
    dialog.append(f"{sys.argv[2]} {number} " + "x" * (number % 700))
"""


def test_processes_that_append_at_once_lose_and_tear_nothing(dialog: Dialog, address: str) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", APPEND, address, name, "200"], cwd=HERE)
        for name in "abc"
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    spoken = [text.split()[:2] for text in texts(dialog.newest(1000).messages)]
    assert len(spoken) == 600
    for name in "abc":
        assert [n for who, n in spoken if who == name] == [str(n) for n in range(200)]


def test_threads_that_append_at_once_get_messages_of_their_own(dialog: Dialog) -> None:
    said: list[Message] = []
    threads = [
        threading.Thread(target=lambda: said.extend(fill(dialog, *"abcde"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.id for message in said}) == 40
    assert set(dialog.newest(100).messages) == set(said)


@pytest.mark.file
def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    dialog = FileStore(tmp_path / "nowhere" / "dialog.jsonl")
    assert "not there" in str(dialog.health().trouble)
    with pytest.raises(Unavailable):
        dialog.append("a")
    assert dialog.newest(10).messages == ()


@pytest.mark.file
def test_a_folder_in_place_of_the_file_is_told(path: Path) -> None:
    path.mkdir()
    dialog = FileStore(path)
    assert "not a file" in str(dialog.health().trouble)
    with pytest.raises(Unavailable):
        dialog.newest(10)


@pytest.fixture
def rings(dialog: Dialog) -> Iterator[threading.Semaphore]:
    """Counts up whenever the dialog's bell rings."""
    heard = threading.Semaphore(0)
    with dialog.watch(heard.release):
        yield heard


def test_the_bell_rings_for_each_change(dialog: Dialog, rings: threading.Semaphore) -> None:
    for change in (
        lambda: fill(dialog, "the first makes the dialog"),
        lambda: by_hand(dialog, {"text": "by hand"}),
        lambda: emptied(dialog),
        lambda: fill(dialog, "made anew"),
    ):
        while rings.acquire(timeout=0.1):
            pass
        change()
        assert rings.acquire(timeout=10)


@pytest.mark.file
def test_the_bell_rings_for_each_way_to_change_the_file(
    dialog: FileStore, rings: threading.Semaphore, tmp_path: Path
) -> None:
    def replace() -> None:
        (tmp_path / "new").write_text('{"text": "all new"}\n')
        (tmp_path / "new").replace(dialog.path)

    for change in (
        lambda: fill(dialog, "the first makes the file"),
        lambda: write(dialog.path, '{"text": "by hand"}\n'),
        replace,
        lambda: fill(dialog, "to the new file"),
        dialog.path.unlink,
        lambda: fill(dialog, "made anew"),
    ):
        while rings.acquire(blocking=False):
            pass
        change()
        assert rings.acquire(timeout=10)


def test_the_bell_does_not_ring_for_reading(dialog: Dialog, rings: threading.Semaphore) -> None:
    fill(dialog, "a")
    assert rings.acquire(timeout=10)
    while rings.acquire(timeout=1):  # one may tell that it begins to watch
        pass
    for limit in range(1, 200):
        dialog.newest(limit)
    fill(dialog, "b")
    assert rings.acquire(timeout=10)
    assert not rings.acquire(timeout=1.5)  # longer than the slow look takes to come round


@pytest.mark.file
def test_the_bell_rings_again_when_the_folder_was_away(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    dialog = FileStore(folder / "dialog.jsonl")
    heard = threading.Semaphore(0)
    with dialog.watch(heard.release):
        fill(dialog, "a")
        assert heard.acquire(timeout=10)
        observing = threading.active_count()
        folder.rename(tmp_path / "away")
        assert heard.acquire(timeout=10)
        until(lambda: threading.active_count() < observing)
        folder.mkdir()
        until(lambda: threading.active_count() >= observing)
        fill(dialog, "b")
        assert heard.acquire(timeout=10)


def test_the_bell_leaves_no_thread(dialog: Dialog) -> None:
    before = set(threading.enumerate())
    with dialog.watch(lambda: None):
        assert set(threading.enumerate()) > before
    assert set(threading.enumerate()) == before


CLAIM = """
import sys
from dialog import open_dialog
dialog = open_dialog(sys.argv[1])
print(dialog.claim("robot", 0))
sys.stdin.read()
"""


def test_one_process_has_a_role_until_it_ends(dialog: Dialog, address: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", CLAIM, address],
        cwd=HERE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        assert not dialog.claim("robot", 0)
        holder.kill()
    assert dialog.claim("robot", 10)
