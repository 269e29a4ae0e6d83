"""Files in the folder of pictures that are not what they seem."""

import logging
import os
import resource
import shutil
import struct
import subprocess
import sys
import zlib
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from dialog import FileStore
from gallery import pictures as pictures_module
from gallery.pictures import pictures
from gallery.thumbnails import MAX_PIXELS, WIDTHS
from tests import patched
from tests.conftest import HERE
from web.app import create_app

EXISTING = next((HERE / "img").glob("*.webp"))
posix = pytest.mark.skipif("sys.platform == 'win32'", reason="Windows has no such files")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder with one picture."""
    folder = tmp_path / "images"
    folder.mkdir()
    shutil.copy(EXISTING, folder / "good.webp")
    return folder


@pytest.fixture
def client(images: Path) -> FlaskClient:
    return create_app(FileStore(images / "dialog.jsonl"), images).test_client()


def get(client: FlaskClient, address: str) -> tuple[int, bytes]:
    """Return the status and the body of a response, and close its file."""
    with client.get(address) as response:
        return response.status_code, response.data


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """Return a PNG with this size and these compressed pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def encoded(kind: str, size: tuple[int, int]) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return file.getvalue()


BROKEN = {
    "torn.avif": encoded("AVIF", (500, 400))[:-200],
    "torn.webp": encoded("WEBP", (500, 400))[:-50],
    "torn.jpg": encoded("JPEG", (500, 400))[:200],
    "torn.gif": encoded("GIF", (500, 400))[:40],
    "torn.png": encoded("PNG", (500, 400))[:60],
    "bad-chunk.png": png(500, 400)[:8] + b"\xff" * 60,
    "bad-pixels.png": png(1600, 1200, b"\x78\x9c" + b"\xff" * 100),
    "huge.png": png(30_000, 30_000, zlib.compress(b"\0" * 20_000_000, 9)),
    "large.png": png(6500, 6500, zlib.compress(b"\0" * 1000)),
    "tall.png": encoded("PNG", (241, 17_000)),  # WebP allows 16,383 pixels
    "empty.jpg": b"",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_picture_that_cannot_be_made_small_is_sent_as_it_is(
    images: Path, client: FlaskClient, name: str
) -> None:
    (images / name).write_bytes(BROKEN[name])
    status, data = get(client, f"/img/{name}?width={WIDTHS[0]}")
    assert status == 200
    assert data == BROKEN[name] or Image.open(BytesIO(data)).width == WIDTHS[0]


def test_an_error_of_a_decoder_never_escapes(
    images: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decoders raise errors of any type: struct.error, IndexError, SyntaxError, RuntimeError."""

    def fail(*_: object) -> None:
        raise RuntimeError("Failed to decode image")

    monkeypatch.setattr(Image.Image, "convert", fail)
    assert get(client, "/img/good.webp?width=240") == (200, EXISTING.read_bytes())


def make_thumbnail_in_little_memory(path: str) -> None:
    """Fail if decoding takes much more than the pixels of an ordinary photo."""
    from gallery.thumbnails import thumbnail  # noqa: PLC0415  # in a process of its own

    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    assert thumbnail(Path(path), 240) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000 < megabytes + 50


@pytest.mark.skipif("sys.platform != 'linux'", reason="ru_maxrss has another unit")
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "GIF"])
def test_a_small_file_of_many_pixels_takes_little_memory(tmp_path: Path, kind: str) -> None:
    side = 16_000 if kind == "PNG" else 8000
    assert side * side > MAX_PIXELS
    path = tmp_path / f"large.{kind.lower()}"
    image = Image.new("1" if kind in {"PNG", "GIF"} else "RGB", (side, side))
    image.save(path, kind, speed=10, method=0)  # the fastest of AVIF and WebP
    command = patched.command(partial(make_thumbnail_in_little_memory, str(path)))
    subprocess.run([sys.executable, *command], cwd=HERE, check=True)


@posix
def test_a_name_that_is_not_utf_8_is_skipped_and_logged_once(
    images: Path, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        shutil.copy(EXISTING, images / os.fsdecode(b"caf\xe9.webp"))
    except OSError:
        pytest.skip("This file system has only names in UTF-8.")
    with caplog.at_level(logging.WARNING):
        for address in ("/", "/pictures", "/", "/img/good.webp"):
            assert get(client, address)[0] == 200
    assert [picture.name for picture in pictures(images)] == ["good.webp"]
    assert len(caplog.records) == 1
    assert get(client, "/img/caf%E9.webp")[0] == 404


@posix
def test_a_folder_a_fifo_and_a_broken_link_are_not_pictures(
    images: Path, client: FlaskClient, tmp_path: Path
) -> None:
    (images / "folder.jpg").mkdir()
    os.mkfifo(images / "fifo.jpg")
    (images / "loop.jpg").symlink_to("loop.jpg")
    (images / "broken.jpg").symlink_to("nowhere.jpg")
    shutil.copy(EXISTING, tmp_path / "outside.webp")
    (images / "outside.webp").symlink_to("../outside.webp")
    (images / "inside.webp").symlink_to("good.webp")
    names = [picture.name for picture in pictures(images)]
    assert names == ["good.webp", "inside.webp"]
    assert get(client, "/")[0] == 200
    for name in ("folder.jpg", "fifo.jpg", "loop.jpg", "broken.jpg", "outside.webp"):
        for query in ("", "?width=240"):
            assert get(client, f"/img/{name}{query}")[0] == 404
    assert get(client, "/img/inside.webp")[0] == 200


def test_a_picture_is_found_without_reading_the_folder(
    images: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 1,000 pictures, reading the folder took longer than everything after it."""

    def fail(_: Path) -> None:
        raise AssertionError("The folder was read.")

    monkeypatch.setattr(pictures_module, "read_captions", fail)
    monkeypatch.setattr(os, "scandir", fail)
    assert get(client, "/img/good.webp")[0] == 200
