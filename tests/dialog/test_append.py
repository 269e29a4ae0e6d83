"""Appending to a file to which other programs append without a lock, and which may not grow."""

import errno
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, NoReturn

import pytest

from dialog import DiskFull, Draft, FileStore, Unavailable
from dialog.file import append
from dialog.file.lines import HASHED_BYTES, position_of
from dialog.message import from_line
from tests import patched
from tests.conftest import HERE
from tests.messages import texts, write
from tests.waiting import until

pytestmark = pytest.mark.file

APPENDS = 300
FOREIGN = b'{"text": "x"}\n'
LINES = [b'{"text": "a"}\n', b'{"text": "b"}\n']


def append_without_a_lock(path: str) -> None:
    """Append until this process is killed, as `echo >>` does in a loop."""
    with Path(path).open("ab", buffering=0) as file:
        while True:
            file.write(FOREIGN)


def test_ids_are_right_while_another_program_appends(dialog: FileStore) -> None:
    command = patched.command(partial(append_without_a_lock, str(dialog.path)))
    with subprocess.Popen([sys.executable, *command], cwd=HERE) as other:
        try:
            until(dialog.path.exists)
            messages = [dialog.append(str(number)) for number in range(APPENDS)]
        finally:
            other.kill()
    content = dialog.path.read_bytes()
    for message in messages:
        dialog.after(message.id, 1)  # raises CursorGone for a wrong id
        end = position_of(message.id)
        start = content.rfind(b"\n", 0, end - 1) + 1
        assert from_line(content[start:end], message.id) == message


class SharedFile(io.FileIO):
    """A dialog file to which another program appends just before the first write."""

    def __init__(self, path: Path, foreign: bytes) -> None:
        super().__init__(path, "ab+")
        self.foreign = foreign

    def write(self, content: bytes) -> int:  # type: ignore[override]
        foreign, self.foreign = self.foreign, b""
        super().write(foreign)
        return super().write(content) or 0


@pytest.mark.parametrize(
    ("foreign", "stored"),
    [
        (FOREIGN, "xab"),
        (FOREIGN.strip(), "xba"),  # the first line is written again
        (b" ", "ab"),
        (b"{", "ba"),
    ],
    ids=["line", "no newline", "space", "half a line"],
)
def test_lines_stay_whole_if_another_program_appends_just_before(
    dialog: FileStore, foreign: bytes, stored: str
) -> None:
    with SharedFile(dialog.path, foreign) as file:
        cursors = append.Appender().append(file, LINES)
    messages = dialog.after(dialog.start(), 9).messages
    assert texts(messages) == list(stored)
    ids = {message.text: message.id for message in messages}
    assert cursors == [ids[from_line(line, "").text] for line in LINES]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow past `size` bytes, as on a full disk."""
    resource = pytest.importorskip("resource", reason="POSIX only")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_lines_that_fit_on_a_full_disk_are_kept_and_acknowledged(dialog: FileStore) -> None:
    """They can be read as soon as they are written, so they must not vanish again."""
    first = dialog.append("first")
    size = dialog.path.stat().st_size
    with largest_file(5 * size // 2), dialog.path.open("ab+", buffering=0) as file:
        fits, fits_not = dialog._write(file, [Draft("fit 1"), Draft("fit 2")])
    assert isinstance(fits_not, DiskFull)
    assert dialog.newest(9).messages == (first, fits)
    assert dialog.append("after") == dialog.newest(1).messages[0]
    assert dialog.path.read_bytes().splitlines()[2].strip() == b""


class FullDisk(io.FileIO):
    """A dialog file on a disk that has no room for the last five bytes."""

    def write(self, content: bytes) -> int:  # type: ignore[override]
        return super().write(content[:-5]) or 0


def test_only_own_bytes_are_overwritten_after_a_short_write(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite = append._overwrite

    def overwrite_late(file: BinaryIO, offset: int, content: bytes) -> None:
        write(dialog.path, FOREIGN)
        overwrite(file, offset, content)

    monkeypatch.setattr(append, "_overwrite", overwrite_late)
    with FullDisk(dialog.path, "ab+") as file:
        results = append.Appender().append(file, LINES)
    assert isinstance(results[1], OSError)
    assert texts(dialog.newest(9).messages) == ["a", "x"]


@contextmanager
def failing_flush(dialog: FileStore) -> Iterator[None]:
    """Let each flush fail, after another program has appended."""

    def fail(_: int) -> NoReturn:
        write(dialog.path, FOREIGN)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        yield


def test_no_line_vanishes_after_a_failed_flush(dialog: FileStore) -> None:
    with failing_flush(dialog), pytest.raises(Unavailable):
        dialog.append("a")
    assert texts(dialog.newest(9).messages) == ["a", "x"]


def test_a_retry_after_a_failed_flush_writes_the_message_again(dialog: FileStore) -> None:
    """The system may count the bytes as flushed, so a later flush alone proves nothing."""
    with failing_flush(dialog), pytest.raises(Unavailable):
        dialog.append("a", nonce="n")
    for store in dialog, FileStore(dialog.path):
        os.utime(dialog.path, (0, 0))
        assert store.append("a", nonce="n") == dialog.newest(9).messages[0]
        assert dialog.path.stat().st_mtime > 0
    assert texts(dialog.newest(9).messages) == ["a", "x"]


def test_an_append_after_a_failed_flush_writes_everything_since_then_again(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash in a cursor covers the lines before it, so they have to be on the disk, too."""
    first = dialog.append("first" * 1000)
    for text in "ab":
        with failing_flush(dialog), pytest.raises(Unavailable):
            dialog.append(text)
    written: list[tuple[int, int]] = []
    overwrite = append._overwrite

    def record(file: BinaryIO, offset: int, content: bytes) -> None:
        written.append((offset, offset + len(content)))
        overwrite(file, offset, content)

    monkeypatch.setattr(append, "_overwrite", record)
    dialog.append("c")
    ((start, end),) = written
    assert start == position_of(first.id) - HASHED_BYTES
    assert end == dialog.path.stat().st_size
    dialog.append("d")
    assert len(written) == 1
    assert texts(dialog.newest(9).messages)[1:] == ["a", "x", "b", "x", "c", "d"]
