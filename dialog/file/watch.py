"""Watches a file and calls back when it may have changed.

watchdog reports a change within a millisecond. But its events can be lost, and network disks send
none. So the file is also checked twice a second, which is all that a PollingObserver would do.
"""

import logging
import os
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import FileModifiedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

log = logging.getLogger(__name__)

CHECK_INTERVAL = 0.5  # seconds

Version = tuple[int, int, int] | None


def version(path: Path) -> Version:
    """Return the inode number, size and time of a file, or None if the file cannot be accessed."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


class FileWatcher(FileSystemEventHandler):
    """A context manager that calls `notify`, from other threads, after each change of a file.

    The file and its folder need not exist yet.
    """

    def __init__(self, path: Path, notify: Callable[[], None]) -> None:
        self._path = path
        self._notify = notify
        self._version = version(path)
        self._observer: BaseObserver | None = None
        self._folder: int | None = None  # the inode number of the observed folder
        self._stopped = threading.Event()
        self._checker = threading.Thread(target=self._keep_checking, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._ensure_observer()
        self._checker.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._checker.join()
        self._stop_observer()

    @property
    def has_events(self) -> bool:
        """Whether changes are noticed at once, not only by the check twice a second."""
        return self._observer is not None and _is_alive(self._observer)

    def on_modified(self, event: FileSystemEvent) -> None:
        """Check the file if the event is about it. An exception would end watchdog's thread."""
        if _folded(Path(os.fsdecode(event.src_path)).name) == _folded(self._path.name):
            self._check()

    def _check(self) -> None:
        current = version(self._path)
        if current != self._version:
            self._version = current
            self._notify()

    def _keep_checking(self) -> None:
        while not self._stopped.wait(CHECK_INTERVAL):
            self._check()
            self._ensure_observer()

    def _ensure_observer(self) -> None:
        """Start an observer if it is missing or dead, or if the folder was replaced."""
        folder = _inode(self._path.parent)
        if folder == self._folder and (self._observer is None or _is_alive(self._observer)):
            return
        self._stop_observer()
        self._folder = folder
        try:
            observer = Observer()
            # The folder is observed because the file may be replaced. The filter keeps out the
            # events that reading causes.
            observer.schedule(
                self, str(self._path.parent), event_filter=[FileModifiedEvent], recursive=False
            )
            observer.start()
        except OSError as error:
            log.warning(
                "No file system events for %s: %s. Checking it every %g s instead.",
                self._path,
                error.strerror,
                CHECK_INTERVAL,
            )
        else:
            self._observer = observer

    def _stop_observer(self) -> None:
        if self._observer:
            self._observer.stop()
            self._observer.join()
            self._observer = None


def _folded(name: str) -> str:
    """Return a form that all names of a file share, as a volume may ignore case and composition.

    macOS reports the name that is stored on the disk, which may differ from the given one.
    """
    return unicodedata.normalize("NFC", name).casefold()


def _inode(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino
    except OSError:
        return None


def _is_alive(observer: BaseObserver) -> bool:
    return observer.is_alive() and all(emitter.is_alive() for emitter in observer.emitters)
