"""The dialog in its file: what is appended is read, whatever happens to the file in between."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialog import BadCursor, CursorGone, Dialog, Message, Unavailable
from dialog.message import LONGEST_LINE
from tests.conftest import HERE, until


@pytest.fixture
def dialog(path: Path) -> Dialog:
    return Dialog(path)


def texts(messages: tuple[Message, ...]) -> list[str]:
    return [message.text for message in messages]


def fill(dialog: Dialog, *spoken: str) -> list[Message]:
    return [dialog.append(text) for text in spoken]


def write(path: Path, content: str | bytes) -> None:
    """Append by hand, as `echo >>` does."""
    with path.open("ab") as file:
        file.write(content.encode() if isinstance(content, str) else content)


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


def test_lines_of_any_length_are_read_at_any_boundary(dialog: Dialog) -> None:
    """Lines end at, before and behind the sizes in which files are read; letters have 1-4 bytes."""
    spoken = [
        letter * (size // len(letter.encode()) + shift)
        for size in (1024, 4096, 8192)
        for letter in "aé語😀"
        for shift in range(-40, 3, 7)
    ]
    fill(dialog, *spoken)
    assert texts(dialog.newest(len(spoken) + 1).messages) == spoken
    assert dialog.newest(10).messages == dialog.newest(100).messages[-10:]
    assert (
        texts(dialog.before(dialog.newest(10).messages[0].id, 100).messages) == spoken[:-10][-100:]
    )


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


def cut(path: Path, end: str) -> None:
    os.truncate(path, int(end.partition("-")[0]))


def test_a_cursor_behind_a_cut_is_gone_also_when_the_file_has_grown_past_it(dialog: Dialog) -> None:
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


@pytest.mark.parametrize("how", ["replaced", "deleted", "emptied", "rewritten"])
def test_a_cursor_into_another_file_is_gone(dialog: Dialog, tmp_path: Path, how: str) -> None:
    """The new content has the size of the old, and where it is rewritten, the number, too."""
    (said,) = fill(dialog, "a")
    assert texts(dialog.after(dialog.start(), 10).messages) == ["a"]
    content = dialog.path.read_text().replace('"a"', '"b"')
    if how == "replaced":
        (tmp_path / "new").write_text(content)
        (tmp_path / "new").replace(dialog.path)
    else:
        if how == "deleted":
            dialog.path.unlink()
        elif how == "emptied":
            os.truncate(dialog.path, 0)
        dialog.path.write_text(content)
    with pytest.raises(CursorGone):
        dialog.after(said.id, 10)
    assert texts(dialog.after(dialog.start(), 10).messages) == ["b"]


def test_a_cursor_into_a_deleted_file_is_gone(dialog: Dialog) -> None:
    (said,) = fill(dialog, "a")
    dialog.path.unlink()
    with pytest.raises(CursorGone):
        dialog.after(said.id, 10)
    assert dialog.newest(10).messages == ()


def test_a_line_counts_when_it_is_whole(dialog: Dialog) -> None:
    (first,) = fill(dialog, "a")
    write(dialog.path, '{"text": "by ')
    page = dialog.after(first.id, 10)
    assert (page.messages, page.next) == ((), first.id)
    assert dialog.newest(10).next == first.id
    write(dialog.path, 'hand"}\n')
    assert texts(dialog.after(page.next, 10).messages) == ["by hand"]


def test_a_line_by_hand_needs_a_text_only(dialog: Dialog) -> None:
    write(
        dialog.path, '{"text": "hi"}\n{"text": "yo", "role": "king", "author": 7, "time": null}\n'
    )
    for message in dialog.newest(10).messages:
        assert (message.role, message.author, message.time) == ("user", "Guest", "")


def test_what_a_dead_writer_left_does_not_join_the_next_message(dialog: Dialog) -> None:
    fill(dialog, "a")
    write(dialog.path, '{"text": "half of it')
    fill(dialog, "b")
    assert texts(dialog.newest(10).messages) == ["a", "b"]


def test_echo_without_a_newline_counts_from_the_next_message_on(dialog: Dialog) -> None:
    write(dialog.path, '{"text": "no newline"}')
    assert dialog.newest(10).messages == ()
    fill(dialog, "b")
    assert texts(dialog.newest(10).messages) == ["no newline", "b"]


NO_MESSAGES = {
    "empty": b"",
    "no JSON": b"hello",
    "no object": b'["text"]',
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


@pytest.mark.parametrize("line", NO_MESSAGES.values(), ids=NO_MESSAGES.keys())
def test_a_line_that_is_no_message_is_skipped_and_logged_once(
    dialog: Dialog, caplog: pytest.LogCaptureFixture, line: bytes
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


def test_separators_of_unicode_do_not_end_a_line(dialog: Dialog) -> None:
    spoken = "a\u2028b\u2029c\x85d\x0be\x1cf\ng\rh\0i"
    fill(dialog, spoken)
    write(dialog.path, '{"text": "raw \u2028 \x85"}\n')
    assert texts(dialog.newest(10).messages) == [spoken, "raw \u2028 \x85"]


def test_the_file_is_readable_and_harmless_in_a_terminal(dialog: Dialog) -> None:
    fill(dialog, "Привет, Zoë 😀 \x1b[2J \x9b2J \u202e")
    line = dialog.path.read_text("utf-8")
    assert "Привет, Zoë 😀" in line
    assert line.removesuffix("\n").isprintable()


def test_a_nonce_gives_one_message_also_to_another_process(dialog: Dialog) -> None:
    first = dialog.append("a", nonce="n1")
    dialog.append("b", nonce="n2")
    assert dialog.append("a", nonce="n1") == first
    assert Dialog(dialog.path).append("a", nonce="n1") == first
    assert texts(dialog.newest(10).messages) == ["a", "b"]


def test_a_nonce_is_forgotten_with_its_file(dialog: Dialog) -> None:
    dialog.append("a", nonce="n1")
    os.truncate(dialog.path, 0)
    dialog.append("a", nonce="n1")
    assert texts(dialog.newest(10).messages) == ["a"]


APPEND = """
import sys
from dialog import Dialog
dialog = Dialog(sys.argv[1])
for number in range(int(sys.argv[3])):
    dialog.append(f"{sys.argv[2]} {number} " + "x" * (number % 700))
"""


def test_processes_that_append_at_once_lose_and_tear_nothing(dialog: Dialog) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", APPEND, str(dialog.path), name, "200"], cwd=HERE)
        for name in "abc"
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    lines = dialog.path.read_bytes().splitlines()
    spoken = [text.split()[:2] for text in texts(dialog.newest(1000).messages)]
    assert len(lines) == len(spoken) == 600
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


FILL_UP = """
import resource, sys
from dialog import Dialog, Full
dialog = Dialog(sys.argv[1])
dialog.append("first")
size = dialog.path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, size + 50))
try:
    dialog.append("second " + "x" * 100)
except Full as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits for files on Windows")
def test_a_full_disk_refuses_the_message_and_leaves_no_half_of_it(dialog: Dialog) -> None:
    command = [sys.executable, "-c", FILL_UP, str(dialog.path)]
    said = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True).stdout
    assert "disk is full" in said
    assert len(dialog.path.read_bytes().splitlines()) == 1
    fill(dialog, "third")
    assert texts(dialog.newest(10).messages) == ["first", "third"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    dialog = Dialog(tmp_path / "nowhere" / "dialog.jsonl")
    assert "not there" in str(dialog.trouble())
    with pytest.raises(Unavailable):
        dialog.append("a")
    assert dialog.newest(10).messages == ()


def test_a_folder_in_place_of_the_file_is_told(path: Path) -> None:
    path.mkdir()
    dialog = Dialog(path)
    assert "not a file" in str(dialog.trouble())
    with pytest.raises(Unavailable):
        dialog.newest(10)


@pytest.fixture
def rings(dialog: Dialog) -> Iterator[threading.Semaphore]:
    """Counts up whenever the dialog's bell rings."""
    heard = threading.Semaphore(0)
    with dialog.watch(heard.release):
        yield heard


def test_the_bell_rings_for_each_way_to_change_the_file(
    dialog: Dialog, rings: threading.Semaphore, tmp_path: Path
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
    for limit in range(1, 200):
        dialog.newest(limit)
    fill(dialog, "b")
    assert rings.acquire(timeout=10)
    assert not rings.acquire(timeout=1.5)  # longer than the slow look takes to come round


def test_the_bell_rings_again_when_the_folder_was_away(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    dialog = Dialog(folder / "dialog.jsonl")
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


def test_one_process_has_a_role_until_it_ends(dialog: Dialog) -> None:
    code = "import sys; from dialog import Dialog; print(Dialog(sys.argv[1]).claim('robot', 0))"
    command = [sys.executable, "-c", code, str(dialog.path)]
    holder = subprocess.Popen(
        [*command[:2], code + "; sys.stdin.read()", str(dialog.path)],
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
