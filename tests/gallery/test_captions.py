"""captions.toml, on the page and in what the robot knows of the pictures."""

import logging
import shutil
from pathlib import Path
from random import Random

import pytest

from bot.facts.pictures import PictureChoice
from dialog import FileStore
from tests.conftest import HERE
from web.app import create_app

PICTURE = "blue-fern.webp"
GOOD = '["other.webp"]\ntitle = "A good caption"\n'


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder with two pictures and no captions."""
    folder = tmp_path / "images"
    folder.mkdir()
    picture = next((HERE / "img").glob("*.webp"))
    for name in PICTURE, "other.webp":
        shutil.copy(picture, folder / name)
    return folder


def page(images: Path) -> str:
    response = create_app(FileStore(images / "dialog.jsonl"), images).test_client().get("/")
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize(
    "caption",
    [
        f'"{PICTURE}" = "a string"',
        f'"{PICTURE}" = 7',
        f'"{PICTURE}" = [{{ title = "in a list" }}]',
        f'"{PICTURE}" = 2026-11-24',
        f'"{PICTURE}" = {{ title = 7 }}',
        f'"{PICTURE}" = {{ title = ["a list"] }}',
        f'"{PICTURE}" = {{ title = "Fine", caption = {{ a = 1 }} }}',
        f'"{PICTURE}" = {{ title = "Fine", alt = false }}',
    ],
)
def test_a_bad_caption_is_skipped_and_logged_once(
    images: Path, caplog: pytest.LogCaptureFixture, caption: str
) -> None:
    (images / "captions.toml").write_text(f"{caption}\n{GOOD}")
    robot = PictureChoice(images, Random(1))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert "Blue fern" in page(images)
            assert "A good caption" in page(images)
            assert robot.titles() == ["A good caption", "Blue fern"]
            assert robot.choose("a blue fern, please") == "Blue fern"
    (record,) = caplog.records
    assert PICTURE in record.getMessage()


@pytest.mark.parametrize("content", [b'title = "', b"\xff\xfe", b"a = " + b"[" * 20_000])
def test_an_unreadable_file_is_skipped_and_logged_once(
    images: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    (images / "captions.toml").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert "Blue fern" in page(images)
            assert PictureChoice(images, Random(1)).titles() == ["Blue fern", "Other"]
    assert len(caplog.records) == 1


def test_a_folder_in_place_of_the_file_is_ignored(images: Path) -> None:
    (images / "captions.toml").mkdir()
    assert "Blue fern" in page(images)


def test_a_corrected_caption_is_used_at_once(images: Path) -> None:
    (images / "captions.toml").write_text(f'"{PICTURE}" = "a string"\n')
    assert "Blue fern" in page(images)
    (images / "captions.toml").write_text(f'"{PICTURE}" = {{ title = "Green fern" }}\n')
    assert "Green fern" in page(images)
