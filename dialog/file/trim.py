"""Trimming: drops the oldest part of a dialog file, so that it does not grow forever.

The dropped part is not archived: a limit on disk space leaves no room for an archive. Copy the
file before it reaches its limit if you want to keep everything.
"""

import os
import re
import shutil
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import BinaryIO

from dialog.file.flush import flush, flush_folder
from dialog.file.lines import HASHED_BYTES, Header, LineReader
from dialog.interface import KEPT_BY_TRIM, PAGE_BYTES
from dialog.message import from_line, timestamp

MOST_UNDATED = 10_000  # lines without a time that the search for old messages passes
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
    starts_at = reader.block(start).first
    hashed_from = starts_at - HASHED_BYTES
    if hashed_from <= reader.start or starts_at == end:
        return None  # a cut would drop next to nothing, or everything
    return Header(reader.line_start(hashed_from + 1), starts_at)


def rewrite(path: Path, header: Header, lock: AbstractContextManager[None]) -> bool:
    """Replace the file by one without the lines before the cut. Returns whether it did.

    Returns False if another program replaced the file meanwhile. Most of the file is copied before
    the lock is taken, so writers wait only for the rest. Programs that do not take the lock, such
    as `echo >>`, may still write to the old file for a moment. Such lines are appended to the new
    file. A program that keeps the old file open loses what it writes later.

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
            copy.close()
            if os.name == "nt":
                file.close()  # Windows cannot replace an open file
            new_path.replace(path)
            _append_late(file, path)
            flush_folder(path.parent)
            _append_late(file, path)
    return True


def _append_late(file: BinaryIO, path: Path) -> None:
    """Append what arrived in `file`, which the file at `path` replaced, after its last copy."""
    if not file.closed and (late := file.read()):
        with path.open("ab", buffering=0) as new:
            new.write(late)


def _copy_rest(file: BinaryIO, copy: BinaryIO) -> None:
    """Copy the rest of `file` and flush it to the disk, until nothing new arrives meanwhile."""
    copied = -1
    while copy.tell() > copied:
        copied = copy.tell()
        shutil.copyfileobj(file, copy, 1024 * 1024)
        copy.flush()
        flush(copy.fileno())


def _end_of_old(reader: LineReader, age: float) -> int:
    """Return the end of the old messages, or the start of the dialog if the first is not too old.

    Times need not be in order, because a clock can be wrong for a while. So this reads on from the
    start and stops at the first young message, even if old ones follow. It also stops behind
    MOST_UNDATED lines or a page without a time. Lines at the start that are not messages are
    dropped with the old messages, or on their own if they fill a page.
    """
    limit, old = timestamp(age), timestamp(age * KEPT_BY_TRIM)
    position, found, passed = reader.start, False, 0
    for block in reader.blocks(position):
        for end, line in block.lines_or_start():
            time = _time(line)
            if time is None and not passed:
                position = end
                continue
            passed += 1
            if time and time < limit:
                position, found, passed, limit = end, True, 0, old
            elif time or passed > MOST_UNDATED or end - position > PAGE_BYTES:
                return position if found or position - reader.start > PAGE_BYTES else reader.start
    return position if found else reader.start


def _time(line: bytes) -> str | None:
    """Return the time of the message in a line; empty if it has none, None if it is no message."""
    if match := OUR_TIME.match(line):
        return match[1].decode()
    try:
        time = from_line(line, "").time
    except ValueError:
        return None
    return time if DATE.match(time) else ""
