"""What is flushed to the disk, and in which order, so that a power cut loses nothing."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from dialog import FileStore, Unavailable
from dialog.file import append, flush
from tests.messages import many, write

pytestmark = [
    pytest.mark.file,
    pytest.mark.skipif(os.name == "nt", reason="Windows cannot flush a folder"),
]


def failing(number: int) -> Callable[..., None]:
    """Return a function that fails with this error."""

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


class Recorder:
    """Records each flush and each replacement: "folder", a file's size, or "replace"."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[str | int] = []
        self._fsync, self._replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)

    def fsync(self, descriptor: int) -> None:
        self._fsync(descriptor)
        status = os.fstat(descriptor)
        self.events.append("folder" if stat.S_ISDIR(status.st_mode) else status.st_size)

    def replace(self, source: Path, target: Path) -> None:
        self._replace(source, target)
        self.events.append("replace")


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    return Recorder(monkeypatch)


def test_the_append_that_creates_the_file_flushes_its_folder(
    dialog: FileStore, recorder: Recorder
) -> None:
    dialog.append("a")
    size = dialog.path.stat().st_size
    assert recorder.events == [size, "folder"]
    dialog.append("b")
    assert recorder.events == [size, "folder", 2 * size]


def test_the_folder_is_flushed_for_a_file_that_another_program_created(
    dialog: FileStore, recorder: Recorder
) -> None:
    dialog.append("a")
    for _ in range(2):
        write(dialog.path.with_name("new"), '{"text": "x"}\n')
        dialog.path.with_name("new").rename(dialog.path)
        recorder.events.clear()
        dialog.append("b")
        assert recorder.events[1:] == ["folder"]
    dialog.path.unlink()
    dialog.append("c")  # the new file may have the inode number of the old one
    assert recorder.events[-1] == "folder"


def test_a_failed_flush_of_the_folder_is_repeated_by_the_next_append(
    dialog: FileStore, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(append, "flush_folder", failing(errno.EIO))
        with pytest.raises(Unavailable):
            dialog.append("a")
    dialog.append("b")
    assert recorder.events[-1] == "folder"


def test_a_trim_flushes_its_copy_before_the_replacement_and_the_folder_after_it(
    dialog: FileStore, recorder: Recorder
) -> None:
    many(dialog, *map(str, range(500)))
    dialog.path.chmod(0o640)
    assert dialog.trim(size=20_000)
    assert recorder.events[-3:] == [dialog.path.stat().st_size, "replace", "folder"]
    assert stat.S_IMODE(dialog.path.stat().st_mode) == 0o640


@pytest.mark.parametrize("supported", [True, False])
def test_on_macos_the_cache_of_the_disk_is_flushed_too(
    dialog: FileStore, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, supported: bool
) -> None:
    """Some file systems of macOS know fsync only."""
    commands: list[int] = []

    def fcntl(_: int, command: int) -> None:
        commands.append(command)
        if not supported:
            failing(errno.ENOTSUP)()

    monkeypatch.setattr(flush, "fcntl", SimpleNamespace(F_FULLFSYNC=51, fcntl=fcntl))
    dialog.append("a")
    assert commands == [51, 51]
    assert len(recorder.events) == (0 if supported else 2)


def test_on_macos_an_error_of_the_disk_is_not_hidden(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = SimpleNamespace(F_FULLFSYNC=51, fcntl=failing(errno.EIO))
    monkeypatch.setattr(flush, "fcntl", broken)
    with pytest.raises(Unavailable):
        dialog.append("a")
