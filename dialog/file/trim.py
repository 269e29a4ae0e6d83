"""Trimming: drops the oldest part of a dialog file, so that it does not grow forever.

The dropped part is not archived: a limit on disk space leaves no room for an archive. Copy the
file before it reaches its limit if you want to keep everything.
"""

import os
import re
import shutil
from bisect import bisect_left
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from dialog.file.flush import flush, flush_folder
from dialog.file.lines import HASHED_BYTES, Header, LineReader
from dialog.interface import KEPT_BY_TRIM
from dialog.message import LONGEST_LINE, from_line, timestamp

NO_TIME = "9999"  # sorts after every time


def choose_cut(reader: LineReader, size: float | None, age: float | None) -> Header | None:
    """Return the header of the trimmed dialog, or None if nothing needs to be dropped.

    `size` is in bytes, `age` in seconds; see `Dialog.trim`.
    """
    start, end = reader.start, reader.end()
    if size and end - start > size:
        start = end - int(size * KEPT_BY_TRIM)
    if age and _first_time(reader, reader.start) < timestamp(age):
        time_at = partial(_first_time, reader)
        start += bisect_left(range(start, end), timestamp(age * KEPT_BY_TRIM), key=time_at)
    start = min(start, end - 2 * HASHED_BYTES)
    if start <= reader.start:
        return None
    kept_from = _next_line(reader, start)
    header = Header(kept_from, _next_line(reader, kept_from + HASHED_BYTES))
    return header if header.starts_at < end else None


def rewrite(path: Path, header: Header, lock: AbstractContextManager[None]) -> bool:
    """Replace the file by one without the lines before the cut. Returns whether it did.

    Returns False if another program replaced the file meanwhile. Most of the file is copied before
    the lock is taken, so writers wait only for the rest. Programs that do not take the lock, such
    as `echo >>`, lose a line written in the microseconds between the last copy and the replacement.
    If they keep the old file open, they lose what they write later, too.

    Raises OSError; on Windows also if another program has the file open.
    """
    new_path = path.with_name(f"{path.name}.new")
    with ExitStack() as files:
        file = files.enter_context(path.open("rb"))
        copy = files.enter_context(new_path.open("wb"))
        copy.write(header.encode())
        LineReader(file).seek(header.kept_from)
        _copy_rest(file, copy)
        with lock:
            if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return False
            _copy_rest(file, copy)
            shutil.copymode(path, new_path)
            files.close()  # Windows cannot replace an open file
            new_path.replace(path)
            flush_folder(path.parent)
    return True


def _copy_rest(file: BinaryIO, copy: BinaryIO) -> None:
    """Copy the rest of `file` and flush it to the disk, until nothing new arrives meanwhile."""
    copied = -1
    while copy.tell() > copied:
        copied = copy.tell()
        shutil.copyfileobj(file, copy, 1024 * 1024)
        copy.flush()
        flush(copy.fileno())


def _next_line(reader: LineReader, position: int) -> int:
    """Return the start of the first line that starts at `position` or later."""
    position -= 1
    reader.seek(position)
    while piece := reader.readline(LONGEST_LINE):
        position += len(piece)
        if piece.endswith(b"\n"):
            break
    return position


def _first_time(reader: LineReader, position: int) -> str:
    """Return the time of the first message with a time from `position` on, or NO_TIME."""
    reader.seek(position if position == reader.start else _next_line(reader, position))
    while line := reader.readline(LONGEST_LINE):
        with suppress(ValueError):
            time = from_line(line, "").time
            if re.match(r"\d{4}-", time):
                return time
    return NO_TIME
