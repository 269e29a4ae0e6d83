"""The folder of topics: what happens when a file in it is saved."""

import os
import sys
from pathlib import Path

import pytest

from bot.recognition import folder as folder_module
from bot.recognition.folder import TopicFolder
from tests.bot.sample_topics import topics_in

GOOD = 'examples = ["zorbing", "do you like zorbing"]\nreply = ["Downhill."]\n'
OTHER = 'examples = ["skating", "do you like skating"]\nreply = ["On ice."]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TopicFolder:
    monkeypatch.setattr(folder_module, "EDITOR_PAUSE", 0)
    (tmp_path / "zorbing.toml").write_text(GOOD)
    return TopicFolder(tmp_path)


def test_a_saved_file_is_used(folder: TopicFolder, tmp_path: Path) -> None:
    (tmp_path / "skating.toml").write_text(OTHER)
    folder.refresh()
    assert topics_in("do you like skating", folder.topics) == ["skating"]


@pytest.mark.parametrize(
    "text",
    [
        f"a = {'[' * 5000}",
        "examples = [",
        OTHER.replace("reply", "replies"),
        OTHER + 'not = ["skating"]\n',
        "x" * 70_000,
    ],
)
def test_a_file_with_an_error_is_not_used_but_the_others_are(
    folder: TopicFolder, tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "zorbing.toml").write_text(GOOD.replace("Downhill", "In a ball"))
    (tmp_path / "broken.toml").write_text(text)
    folder.refresh()
    assert folder.topics.by_name["zorbing"].replies == ["In a ball."]
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert "broken.toml" in errors[0].getMessage()
    folder.refresh()
    assert len([r for r in caplog.records if r.levelname == "ERROR"]) == 1


def test_the_last_good_version_of_a_broken_file_stays(folder: TopicFolder, tmp_path: Path) -> None:
    (tmp_path / "zorbing.toml").write_text("examples = [")
    folder.refresh()
    assert topics_in("zorbing", folder.topics) == ["zorbing"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFO")
def test_odd_files_do_not_end_the_reading(folder: TopicFolder, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "skating.toml").write_text(OTHER)
    folder.refresh()
    assert set(folder.topics.by_name) == {"zorbing", "skating"}


def test_a_removed_folder_keeps_the_topics(folder: TopicFolder, tmp_path: Path) -> None:
    (tmp_path / "zorbing.toml").unlink()
    tmp_path.rmdir()
    folder.refresh()
    assert topics_in("zorbing", folder.topics) == ["zorbing"]
