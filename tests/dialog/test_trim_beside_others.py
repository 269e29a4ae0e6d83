"""Trimming a file that other programs have open or write to, without the lock."""

import logging
import shutil
import time
from pathlib import Path
from typing import NoReturn

import pytest

import server
from dialog import FileStore, Unavailable
from dialog.file import trim
from dialog.file.flush import flush_folder
from tests.messages import many, texts

pytestmark = pytest.mark.file


@pytest.mark.skipif("sys.platform == 'win32'", reason="no trim while the file is open")
def test_lines_that_other_programs_write_during_a_trim_are_kept(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(dialog, *map(str, range(300)))
    copymode = shutil.copymode
    with dialog.path.open("ab", buffering=0) as opened_before:

        def write_before_the_rename(source: Path, target: Path) -> None:
            copymode(source, target)
            opened_before.write(b'{"text": "late"}\n')

        def write_after_the_rename(folder: Path) -> None:
            opened_before.write(b'{"text": "later"}\n')
            flush_folder(folder)

        monkeypatch.setattr(shutil, "copymode", write_before_the_rename)
        monkeypatch.setattr(trim, "flush_folder", write_after_the_rename)
        assert dialog.trim(size=8000) > 0
    last = dialog.append("last")
    assert texts(dialog.newest(4).messages) == ["299", "late", "later", "last"]
    assert dialog.newest(1).messages == (last,)


def test_a_trim_that_the_system_refuses_changes_nothing_and_is_logged(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Windows refuses to replace a file that another program has open."""
    many(dialog, *map(str, range(300)))
    before = dialog.path.read_bytes()

    def refuse(*_: object) -> NoReturn:
        raise PermissionError(13, "The file is used by another process")

    def stop(_: float) -> NoReturn:
        raise SystemExit

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(Unavailable, match="was not trimmed: The file is used"):
        dialog.trim(size=8000)
    assert dialog.path.read_bytes() == before
    monkeypatch.setattr(time, "sleep", stop)
    with caplog.at_level(logging.WARNING), pytest.raises(SystemExit):
        server.keep_within({"size": 8000}, dialog)
    assert "was not trimmed" in caplog.text
    monkeypatch.undo()
    assert dialog.trim(size=8000) > 0
    assert texts(dialog.newest(1).messages) == ["299"]
