"""Trimming: drops the oldest part of a dialog file, so that it does not grow forever.

The dropped part is not archived: a limit on disk space leaves no room for an archive. Copy the
file before it reaches its limit if you want to keep everything.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

from dialog.file.flush import flush, flush_folder
from dialog.file.lines import HASHED_BYTES, Header, LineReader
from dialog.interface import KEPT_BY_TRIM
from dialog.message import LONGEST_LINE, from_line, timestamp

DATE = re.compile(r"\d{4}-")
OUR_TIME = re.compile(rb'\{"time": "(\d{4}-[-\d:.TZ]+)"')  # ten times faster than reading JSON


def choose_cut(reader: LineReader, size: float | None, age: float | None) -> Header | None:
    """Return the header of the trimmed dialog, or None if nothing needs to be dropped.

    `size` is in bytes, `age` in seconds; see `Dialog.trim`.
    """
    start, end = reader.start, reader.end()
    if size and end - start > size:
        start = end - int(size * KEPT_BY_TRIM)
    if age:
        start = max(start, _end_of_old(reader, age))
    start = min(start, end - HASHED_BYTES)
    if start <= reader.start:
        return None
    starts_at = _next_line(reader, start)
    hashed_from = starts_at - HASHED_BYTES
    if hashed_from <= reader.start or starts_at == end:
        return None  # a cut would drop next to nothing, or everything
    return Header(reader.line_start(hashed_from + 1), starts_at)


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


def _end_of_old(reader: LineReader, age: float) -> int:
    """Return the end of the old messages, or the start of the dialog if the first is not too old.

    Times need not be in order, because a clock can be wrong for a while. So this reads on from the
    start and stops at the first young message, even if old ones follow.
    """
    too_old, old = timestamp(age), timestamp(age * KEPT_BY_TRIM)
    position = reader.start
    for end, time in _times(reader):
        if time >= (too_old if position == reader.start else old):
            break
        position = end
    return position


def _times(reader: LineReader) -> Iterator[tuple[int, str]]:
    """Yield the end and the time of each message with a time."""
    position = reader.start
    reader.seek(position)
    while line := reader.readline(LONGEST_LINE):
        position += len(line)
        if match := OUR_TIME.match(line):
            yield position, match[1].decode()
            continue
        with suppress(ValueError):
            time = from_line(line, "").time
            if DATE.match(time):
                yield position, time
