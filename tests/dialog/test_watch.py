"""Watching a dialog: a notification for each change, none for reading."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.events import FileModifiedEvent

from dialog import Dialog, FileStore
from dialog.file.watch import FileWatcher
from tests.messages import by_hand, emptied, fill, write
from tests.waiting import until

pytestmark = pytest.mark.both


@pytest.fixture
def notifications(dialog: Dialog) -> Iterator[threading.Semaphore]:
    """Counts up at each notification about the dialog."""
    count = threading.Semaphore(0)
    with dialog.watch(count.release):
        yield count


def test_each_change_notifies(dialog: Dialog, notifications: threading.Semaphore) -> None:
    for change in (
        lambda: fill(dialog, "the first makes the dialog"),
        lambda: by_hand(dialog, {"text": "by hand"}),
        lambda: emptied(dialog),
        lambda: fill(dialog, "in a new dialog"),
    ):
        while notifications.acquire(timeout=0.1):
            pass
        change()
        assert notifications.acquire(timeout=10)


@pytest.mark.file
def test_each_kind_of_change_to_the_file_notifies(
    dialog: FileStore, notifications: threading.Semaphore, tmp_path: Path
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
        lambda: fill(dialog, "in another new file"),
    ):
        while notifications.acquire(blocking=False):
            pass
        change()
        assert notifications.acquire(timeout=10)


def test_reading_does_not_notify(dialog: Dialog, notifications: threading.Semaphore) -> None:
    fill(dialog, "a")
    assert notifications.acquire(timeout=10)
    while notifications.acquire(timeout=1):  # Redis may notify when its watch begins
        pass
    for limit in range(1, 200):
        dialog.newest(limit)
    fill(dialog, "b")
    assert notifications.acquire(timeout=10)
    assert not notifications.acquire(timeout=1.5)  # longer than the interval of the slow check


@pytest.mark.file
def test_a_folder_that_was_away_is_watched_again(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    dialog = FileStore(folder / "dialog.jsonl")
    notifications = threading.Semaphore(0)
    with dialog.watch(notifications.release):
        fill(dialog, "a")
        assert notifications.acquire(timeout=10)
        threads = threading.active_count()
        folder.rename(tmp_path / "away")
        assert notifications.acquire(timeout=10)
        until(lambda: threading.active_count() < threads)
        folder.mkdir()
        until(lambda: threading.active_count() >= threads)
        fill(dialog, "b")
        assert notifications.acquire(timeout=10)


@pytest.mark.file
@pytest.mark.parametrize("form", ["Cafe\u0301.jsonl", "caf\u00e9.jsonl", "CAF\u00c9.JSONL"])
def test_an_event_with_another_form_of_the_name_notifies(tmp_path: Path, form: str) -> None:
    """macOS reports the name on the disk, whatever the case or the composition of ours."""
    notifications = threading.Semaphore(0)
    path = tmp_path / "Caf\u00e9.jsonl"
    watcher = FileWatcher(path, notifications.release)  # not started: its check would notify, too
    write(path, "changed")
    watcher.on_modified(FileModifiedEvent(str(tmp_path / "other.jsonl")))
    assert not notifications.acquire(blocking=False)
    watcher.on_modified(FileModifiedEvent(str(tmp_path / form)))
    assert notifications.acquire(blocking=False)


def test_a_watch_leaves_no_thread(dialog: Dialog) -> None:
    before = set(threading.enumerate())
    with dialog.watch(lambda: None):
        assert set(threading.enumerate()) > before
    assert set(threading.enumerate()) == before
