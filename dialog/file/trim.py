"""Dropping the oldest part of a dialog, so that it does not grow forever.

Dropped, not archived: who bounds a disk does not want the rest on it, and who wants it can copy
the file at any time.

A dialog that was trimmed begins with a line that is no message:

    {"kept_from": 48500, "starts_at": 49600}

Positions count all bytes that were ever written, so a line keeps its own when others before it
go, and with it its id, cursors and replies. `kept_from` is the position of the next line. The
messages start at `starts_at`; what stands between is there for the hashes of the first cursors.
"""

import os
import re
import shutil
from bisect import bisect_left
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dialog.message import LONGEST_LINE, from_line, timestamp

HASHED = 1024  # bytes before a cursor that its hash covers
HEAD = re.compile(rb'\{"kept_from": (\d{1,18}), "starts_at": (\d{1,18})\}\n')
LONGEST_HEAD = 100  # bytes
ROOM = 0.75  # kept of what may be: a trim costs a copy, so it should be rare


class Tail:
    """An open dialog, read by positions that stay when its beginning is dropped."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.read = file.read
        self.readline = file.readline
        file.seek(0)
        head = HEAD.match(file.read(LONGEST_HEAD))
        self.dropped = int(head[1]) - head.end() if head else 0  # bytes, less those of the head
        self.start = min(int(head[2]), self.end()) if head else 0

    def seek(self, position: int) -> None:
        """Go on reading at `position`."""
        self._file.seek(max(0, position - self.dropped))

    def end(self) -> int:
        """Return the position behind the last byte."""
        return self._file.seek(0, os.SEEK_END) + self.dropped


class Cut(NamedTuple):
    """What a trimmed dialog begins with."""

    kept_from: int
    starts_at: int

    def head(self) -> bytes:
        """Return its first line."""
        return b'{"kept_from": %d, "starts_at": %d}\n' % self


def cut(tail: Tail, size: float | None, age: float | None) -> Cut | None:
    """Choose where to cut a dialog of more than `size` bytes or with messages older than `age` s.

    None: nowhere, it is small and young enough.
    """
    start, end = tail.start, tail.end()
    if size and end - start > size:
        start = end - int(size * ROOM)
    if age and _time(tail, tail.start) < timestamp(age):
        late = partial(_time, tail)
        start += bisect_left(range(start, end), timestamp(age * ROOM), key=late)
    start = min(start, end - 2 * HASHED)
    if start <= tail.start:
        return None
    kept_from = _next_line(tail, start)
    chosen = Cut(kept_from, _next_line(tail, kept_from + HASHED))
    return chosen if chosen.starts_at < end else None


def rewrite(path: Path, cut: Cut, lock: AbstractContextManager[None]) -> bool:
    """Replace the dialog by what stands behind the cut, while others read it and write to it.

    Returns whether that was done: not if somebody else replaced it meanwhile. What is long is
    copied before the lock is taken. Writers who do not take it, such as `echo >>`, lose a line
    that they write in the microseconds between the last look and the replacement, and what they
    write later to a file that they had open before. OSError; on Windows also where somebody reads
    at that moment.
    """
    new = path.with_name(f"{path.name}.new")
    with ExitStack() as files:
        file = files.enter_context(path.open("rb"))
        copy = files.enter_context(new.open("wb"))
        copy.write(cut.head())
        Tail(file).seek(cut.kept_from)
        _copy(file, copy)
        with lock:
            if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return False
            _copy(file, copy)
            shutil.copymode(path, new)
            files.close()  # Windows replaces no open file
            new.replace(path)
            _sync(path.parent)
    return True


def _copy(file: BinaryIO, copy: BinaryIO) -> None:
    """Copy what there is, to the disk itself, until nothing has come meanwhile."""
    copied = -1
    while copy.tell() > copied:
        copied = copy.tell()
        shutil.copyfileobj(file, copy, 1024 * 1024)
        copy.flush()
        os.fsync(copy.fileno())


def _sync(folder: Path) -> None:
    """Bring to the disk which file has which name."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _next_line(tail: Tail, position: int) -> int:
    """Where the first line starts that starts at `position` or later."""
    position -= 1
    tail.seek(position)
    while piece := tail.readline(LONGEST_LINE):
        position += len(piece)
        if piece.endswith(b"\n"):
            break
    return position


def _time(tail: Tail, position: int) -> str:
    """The time of the first message from `position` on that has one; "9999" if there is none."""
    tail.seek(position if position == tail.start else _next_line(tail, position))
    while line := tail.readline(LONGEST_LINE):
        with suppress(ValueError):
            time = from_line(line, "").time
            if re.match(r"\d{4}-", time):
                return time
    return "9999"
