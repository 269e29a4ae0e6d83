"""Hard cases 8-17: what can happen to a file."""

import errno
import io
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dialog import CursorGone, FileStore
from dialog.file.lines import LineReader
from dialog.message import LONGEST_LINE
from tests.conftest import HERE, Server, serving
from tests.delivery_methods import DeliveryMethod, each_method, read, waiting, waiting_methods
from tests.messages import cut, fill, texts, write
from tests.waiting import until

pytestmark = pytest.mark.file
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are POSIX")

HOLD = """
import os, signal, sys
from filelock import FileLock
lock = FileLock(sys.argv[1] + ".lock")
lock.acquire()
with open(sys.argv[1], "ab", buffering=0) as file:
    file.write(b'{"text": "half of it')
    print("holds", flush=True)
    os.kill(os.getpid(), int(sys.argv[2]))
"""


def hold(path: Path, sign: int) -> "subprocess.Popen[str]":
    """A writer that gets a signal in mid-line, while it holds the lock."""
    command = [sys.executable, "-c", HOLD, str(path), str(int(sign))]
    writer = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    assert writer.stdout.readline() == "holds\n"
    return writer


@posix
def test_08_a_writer_killed_in_mid_line_leaves_all_others_whole(server: Server) -> None:
    server.say("a")
    with hold(server.path, signal.SIGKILL) as writer:
        assert writer.wait() == -signal.SIGKILL
    server.say("b")
    newest = server.client.get("/messages").json()["messages"]
    assert [message["text"] for message in newest] == ["a", "b"]


def test_09_lines_of_any_length_are_read_at_any_boundary(dialog: FileStore) -> None:
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


def test_09_a_line_counts_when_its_last_byte_is_there(dialog: FileStore) -> None:
    (first,) = fill(dialog, "a")
    for byte in '{"text": "é語😀"}'.encode():
        write(dialog.path, bytes([byte]))
        page = dialog.after(first.id, 10)
        assert (page.messages, page.next) == ((), first.id)
        assert dialog.newest(10).next == first.id
    write(dialog.path, "\n")
    assert texts(dialog.after(first.id, 10).messages) == ["é語😀"]


def test_09_a_line_that_becomes_whole_while_it_is_read_is_read_whole() -> None:
    class Growing(io.BytesIO):
        """There is never more than a few bytes to be read at once."""

        def readline(self, size: int | None = -1) -> bytes:
            return super().readline(7)

    lines = [b'{"text": "first"}\n', b'{"text": "second"}\n']
    assert [line for _, line in LineReader(Growing(b"".join(lines))).lines(0)] == lines


def test_10_a_cursor_behind_a_cut_is_gone_also_when_the_file_has_grown_past_it(
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


@pytest.mark.parametrize("how", ["replaced", "deleted", "emptied", "rewritten"])
def test_11_a_cursor_into_another_file_is_gone(dialog: FileStore, tmp_path: Path, how: str) -> None:
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
def test_12_a_line_that_is_no_message_is_skipped_and_logged_once(
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


def test_12_separators_of_unicode_do_not_end_a_line(dialog: FileStore) -> None:
    spoken = "a\u2028b\u2029c\x85d\x0be\x1cf\ng\rh\0i"
    fill(dialog, spoken)
    write(dialog.path, '{"text": "raw \u2028 \x85"}\n')
    assert texts(dialog.newest(10).messages) == [spoken, "raw \u2028 \x85"]


@posix
@each_method
def test_13_what_a_person_echoes_is_heard_without_a_newline_from_the_next_message_on(
    server: Server, way: DeliveryMethod
) -> None:
    pages = way(server, server.cursor())
    for echo in ('echo \'{"text": "whole"}\'', 'printf \'{"text": "no newline"}\''):
        subprocess.run(["sh", "-c", f'{echo} >> "$0"', str(server.path)], check=True)
    assert [m["text"] for m in read(pages, 1)] == ["whole"]
    server.say("next")
    assert [m["text"] for m in read(pages, 2)] == ["no newline", "next"]


@posix
def test_14_a_writer_that_stops_with_the_lock_keeps_only_writers_out(path: Path) -> None:
    with serving(path, patch="import dialog.file.store as file; file.LOCK_TIMEOUT = 0.2") as server:
        said = server.say("a")
        with hold(path, signal.SIGSTOP) as writer:
            try:
                refused = server.client.post("/messages", json={"text": "b"})
                assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
                assert refused.headers["Retry-After"] == "1"
                assert server.client.get("/messages").json()["messages"] == [said]
            finally:
                writer.kill()
        server.say("b")


@posix
def test_15_a_full_disk_refuses_the_message_and_leaves_no_half_of_it(path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    with serving(path, patch=limit) as server:
        said = [server.say("x" * 600)]
        full = server.client.post("/messages", json={"text": "y" * 600})  # half of it would fit
        assert (full.status_code, full.json()["error"]["code"]) == (507, "disk_full")
        said.append(server.say("short ones fit"))
        assert len(path.read_bytes().splitlines()) == 2
        assert server.client.get("/messages").json()["messages"] == said


BROKEN = f"""
import os
def broken(*_):
    raise OSError({errno.EIO}, os.strerror({errno.EIO}))
os.fsync = broken
"""


def test_15_what_did_not_reach_the_disk_is_not_acknowledged(path: Path) -> None:
    with serving(path, patch=BROKEN) as server:
        refused = server.client.post("/messages", json={"text": "a"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
        assert path.read_bytes() == b""


# As on a network disk: all seems well, but nothing ever comes.
SILENCE = "import dialog.file.watch as watch; watch.FileWatcher.on_modified = lambda *_: None"

# A user limit of its own, in a user namespace of its own: real, and no other process feels it.
NO_INOTIFY = """
import ctypes, pathlib
assert ctypes.CDLL(None).unshare(0x10000000) == 0
pathlib.Path("/proc/sys/user/max_inotify_instances").write_text("0")
"""


def can_lower_inotify() -> bool:
    command = [sys.executable, "-c", NO_INOTIFY]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.timeout(15)  # less than any wait: what comes at its end was not heard
@pytest.mark.parametrize("fault", [SILENCE, NO_INOTIFY], ids=["network disk", "inotify's limit"])
def test_16_without_events_messages_are_heard_all_the_same(path: Path, fault: str) -> None:
    if fault == NO_INOTIFY and not can_lower_inotify():
        pytest.skip("this system lets nobody lower a limit of his own")
    with serving(path, patch=fault) as server, ThreadPoolExecutor() as pool:
        pages = [way(server, server.cursor()) for way in waiting_methods]
        for text in "ab":
            heard = [pool.submit(read, way, 1) for way in pages]
            until(lambda: waiting(server) == 3)
            write(path, f'{{"text": "{text}"}}\n')
            # Much later, a heartbeat would bring it.
            assert [h.result(timeout=10)[0]["text"] for h in heard] == [text] * 3
        warnings = server.client.get("/healthz").json()["warnings"]
        assert any("No events" in warning for warning in warnings) == (fault == NO_INOTIFY)


def test_16_an_observer_that_died_is_replaced(dialog: FileStore) -> None:
    heard = threading.Semaphore(0)
    with dialog.watch(heard.release) as watch:
        assert watch._observer
        watch._observer.stop()  # as its thread does for good where a handler raises
        watch._observer.join()
        fill(dialog, "a")
        assert heard.acquire(timeout=10)
        until(lambda: watch.has_events)


def test_17_a_folder_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with serving(folder / "dialog.jsonl") as server:
        shutil.rmtree(folder)
        health = server.client.get("/healthz")
        assert (health.status_code, health.json()["ok"]) == (503, False)
        assert "not there" in health.json()["dialog"]["trouble"]
        post = server.client.post("/messages", json={"text": "hi"})
        assert (post.status_code, post.headers["Retry-After"]) == (503, "1")
        form = server.client.post("/", data={"new_message": "keep me"})
        assert (form.status_code, form.headers["Retry-After"]) == (503, "1")
        assert "keep me" in form.text
        folder.mkdir()
        assert server.say("back")["text"] == "back"


READ_ONLY = """
import os, sys
from dialog import FileStore, Unavailable
os.getuid() or os.setuid(65534)  # root may write anywhere
dialog = FileStore(sys.argv[1])
print(dialog.health().trouble, [message.text for message in dialog.newest(9).messages])
try:
    dialog.append("b")
except Unavailable as error:
    print(error)
"""


@posix
def test_17_a_folder_that_is_read_only_can_be_read() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own let only us in
        path = Path(folder) / "dialog.jsonl"
        write(path, '{"text": "a"}\n')
        Path(folder).chmod(0o555)
        command = [sys.executable, "-c", READ_ONLY, str(path)]
        ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True)
        first, second = ended.stdout.splitlines()
        assert "no permission to read and write" in first
        assert first.endswith(". ['a']")
        assert "not saved" in second
        Path(folder).chmod(0o755)
