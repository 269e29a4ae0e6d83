"""Hard cases 8 and 13 to 17: killed writers, a full disk, lost file events, missing folders."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from dialog import FileStore, Unavailable
from tests import patched, patches
from tests.conftest import HERE, Server, serving
from tests.delivery_methods import DeliveryMethod, each_method, read, waiting, waiting_methods
from tests.messages import fill, write
from tests.waiting import until

pytestmark = pytest.mark.file
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are POSIX")


def signal_in_mid_line(path: str, number: str) -> None:
    """Send a signal to this process in mid-line, while it holds the file lock."""
    with FileLock(f"{path}.lock"), Path(path).open("ab", buffering=0) as file:
        file.write(b'{"text": "half of it')
        print("locked", flush=True)
        os.kill(os.getpid(), int(number))


def writer_signalled_in_mid_line(path: Path, number: int) -> "subprocess.Popen[str]":
    """Start a writer that gets this signal in mid-line, and return when it holds the lock."""
    command = patched.command(partial(signal_in_mid_line, str(path), str(int(number))))
    writer = subprocess.Popen(
        [sys.executable, *command], cwd=HERE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    assert writer.stdout.readline() == "locked\n"
    return writer


@posix
def test_08_a_writer_killed_in_mid_line_harms_no_other_message(server: Server) -> None:
    server.say("a")
    with writer_signalled_in_mid_line(server.path, signal.SIGKILL) as writer:
        assert writer.wait() == -signal.SIGKILL
    server.say("b")
    newest = server.client.get("/messages").json()["messages"]
    assert [message["text"] for message in newest] == ["a", "b"]


@posix
@each_method
def test_13_a_line_echoed_without_a_newline_arrives_with_the_next_message(
    server: Server, method: DeliveryMethod
) -> None:
    pages = method(server, server.cursor())
    for echo in ('echo \'{"text": "whole"}\'', 'printf \'{"text": "no newline"}\''):
        subprocess.run(["sh", "-c", f'{echo} >> "$0"', str(server.path)], check=True)
    assert [m["text"] for m in read(pages, 1)] == ["whole"]
    server.say("next")
    assert [m["text"] for m in read(pages, 2)] == ["no newline", "next"]


@posix
def test_14_a_writer_stopped_with_the_lock_blocks_writers_only_and_not_for_long(
    path: Path,
) -> None:
    with serving(path, patch=patches.short_lock_timeout) as server:
        first = server.say("a")
        with writer_signalled_in_mid_line(path, signal.SIGSTOP) as writer:
            try:
                answer = server.client.post("/messages", json={"text": "b"})
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
                assert answer.headers["Retry-After"] == "1"
                assert server.client.get("/messages").json()["messages"] == [first]
            finally:
                writer.kill()
        server.say("b")


@posix
def test_15_a_message_that_does_not_fit_on_the_disk_is_refused_and_leaves_no_part(
    path: Path,
) -> None:
    with serving(path, patch=patches.small_files) as server:
        first = server.say("x" * 600)
        for _ in range(2):  # half of it would fit
            answer = server.client.post("/messages", json={"text": "y" * 600})
            assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")
            assert path.read_bytes().splitlines()[1].strip() == b""
            assert server.client.get("/messages").json()["messages"] == [first]


def test_15_a_message_that_did_not_reach_the_disk_is_not_acknowledged(path: Path) -> None:
    with serving(path, patch=patches.broken_fsync) as server:
        for _ in range(2):
            answer = server.client.post("/messages", json={"text": "a", "nonce": "n"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
            # Subscribers may have seen it, so it is not taken back, and a retry does not repeat it.
            assert len(server.client.get("/messages").json()["messages"]) == 1


def can_forbid_inotify() -> bool:
    command = [sys.executable, *patched.command(patches.no_inotify)]
    return subprocess.run(command, cwd=HERE, check=False, capture_output=True).returncode == 0


@pytest.mark.timeout(15)  # shorter than a wait, whose end would deliver the message, too
@pytest.mark.parametrize("fault", [patches.no_file_events, patches.no_inotify])
def test_16_without_file_events_messages_arrive_all_the_same(
    path: Path, fault: Callable[[], None]
) -> None:
    if fault == patches.no_inotify and not can_forbid_inotify():
        pytest.skip("This system does not let a process lower its own inotify limit.")
    with serving(path, patch=fault) as server, ThreadPoolExecutor() as pool:
        streams = [method(server, server.cursor()) for method in waiting_methods]
        for text in "ab":
            received = [pool.submit(read, pages, 1) for pages in streams]
            until(lambda: waiting(server) == 3)
            write(path, f'{{"text": "{text}"}}\n')
            # Long before the heartbeat, which would bring it, too.
            assert [r.result(timeout=10)[0]["text"] for r in received] == [text] * 3
        warnings = server.client.get("/healthz").json()["warnings"]
        assert any("No events" in warning for warning in warnings) == (fault == patches.no_inotify)


def test_16_a_dead_observer_is_replaced(dialog: FileStore) -> None:
    notified = threading.Semaphore(0)
    with dialog.watch(notified.release) as watch:
        assert watch._observer
        watch._observer.stop()  # an exception in a handler ends its thread like this
        watch._observer.join()
        fill(dialog, "a")
        assert notified.acquire(timeout=10)
        until(lambda: watch.has_events)


def test_17_a_missing_folder_is_reported_in_words(tmp_path: Path) -> None:
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


def use_as_another_user(path: str) -> None:
    """Read the dialog, try to append to it, and print the results."""
    if os.getuid() == 0:
        os.setuid(65534)  # root may write anywhere
    dialog = FileStore(path)
    print(dialog.health().trouble, [message.text for message in dialog.newest(9).messages])
    try:
        dialog.append("b")
    except Unavailable as error:
        print(error)


@posix
def test_17_a_dialog_in_a_read_only_folder_can_be_read() -> None:
    with tempfile.TemporaryDirectory() as folder:  # other users cannot enter pytest's own
        path = Path(folder) / "dialog.jsonl"
        write(path, '{"text": "a"}\n')
        Path(folder).chmod(0o555)
        command = [sys.executable, *patched.command(partial(use_as_another_user, str(path)))]
        ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True)
        first, second = ended.stdout.splitlines()
        assert "no permission to read and write" in first
        assert first.endswith(". ['a']")
        assert "not saved" in second
        Path(folder).chmod(0o755)
