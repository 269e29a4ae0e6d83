"""A bell that rings when a file may have changed.

watchdog's events make it ring within a millisecond. They can be lost, and on network disks none
comes at all: so a look at the file twice a second stands behind them, and makes PollingObserver,
which does no more than that, unnecessary.
"""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import FileModifiedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5  # seconds

Version = tuple[int, int, int] | None


def version(path: Path) -> Version:
    """What changes when the file does: its number, size and time; None if it cannot be seen."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


class Watch(FileSystemEventHandler):
    """Calls `ring` from threads of its own for each change of the file, until it is left."""

    def __init__(self, path: Path, ring: Callable[[], None]) -> None:
        self._path = path
        self._ring = ring
        self._seen = version(path)
        self._observer: BaseObserver | None = None
        self._folder: int | None = None
        self._left = threading.Event()
        self._looking = threading.Thread(target=self._keep_looking, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._observe()
        self._looking.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._left.set()
        self._looking.join()
        self._end_observer()

    @property
    def has_events(self) -> bool:
        """Whether changes are seen at once, not only by the slow look."""
        return self._observer is not None and _alive(self._observer)

    def on_modified(self, event: FileSystemEvent) -> None:
        """Look, if it is our file. watchdog calls this, and ends for good where it raises."""
        if os.fsdecode(event.src_path) == str(self._path):
            self._look()

    def _look(self) -> None:
        seen = version(self._path)
        if seen != self._seen:
            self._seen = seen
            self._ring()

    def _keep_looking(self) -> None:
        while not self._left.wait(LOOK_EVERY):
            self._look()
            self._observe()

    def _observe(self) -> None:
        """See to it that events come, as far as the system lets them."""
        folder = _number(self._path.parent)
        if folder == self._folder and (self._observer is None or _alive(self._observer)):
            return
        self._end_observer()
        self._folder = folder
        try:
            observer = Observer()
            # The folder, as the file may be replaced. This filter alone: reading wakes nobody.
            observer.schedule(
                self, str(self._path.parent), event_filter=[FileModifiedEvent], recursive=False
            )
            observer.start()
        except OSError as error:
            log.warning("No events for %s: %s. Looking now and then.", self._path, error.strerror)
        else:
            self._observer = observer

    def _end_observer(self) -> None:
        if self._observer:
            self._observer.stop()
            self._observer.join()
            self._observer = None


def _number(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino
    except OSError:
        return None


def _alive(observer: BaseObserver) -> bool:
    return observer.is_alive() and all(emitter.is_alive() for emitter in observer.emitters)
