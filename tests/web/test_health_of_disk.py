"""Health on a full disk: monitors learn that posts get 507."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from dialog import open_dialog
from tests import patches
from tests.conftest import serving
from tests.messages import emptied
from web.health import FULL_FOR, DiskFullMemory

pytestmark = pytest.mark.file


def is_ok(answer_json: dict[str, object], status: int) -> bool:
    """Return the `ok` of a health report, whose status and reason must agree with it."""
    dialog = answer_json["dialog"]
    assert isinstance(dialog, dict)
    assert answer_json["ok"] == dialog["writable"] == (status == 200)
    assert (status == 200) == (dialog["trouble"] is None)
    return status == 200


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
def test_a_post_that_finds_the_disk_full_makes_the_chat_unhealthy(path: Path) -> None:
    with serving(path, patch=patches.small_files) as server:

        def healthy() -> bool:
            answer = server.client.get("/healthz")
            return is_ok(answer.json(), answer.status_code)

        server.say("x" * 600)
        assert healthy()
        for post in (
            partial(server.client.post, "/messages", json={"text": "y" * 600}),
            partial(server.client.post, "/", data={"new_message": "y" * 600}),
        ):
            assert post().status_code == 507
            assert not healthy()
            assert server.client.post("/messages", json={"text": ""}).status_code == 400
            assert not healthy()
            emptied(server.dialog)
            server.say("fits")
            assert healthy()
            server.say("x" * 600)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("Only root can mount a disk.")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_noticed_before_a_post(tiny_disk: Path) -> None:
    dialog = open_dialog(str(tiny_disk / "dialog.jsonl"))
    dialog.append("a")
    assert not dialog.health().disk_is_full
    filler = tiny_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * 100_000)
    assert dialog.health().disk_is_full
    assert dialog.health().trouble is None  # a server can start and show the messages
    filler.unlink()
    assert not dialog.health().disk_is_full


def test_a_full_disk_is_forgotten_after_a_while() -> None:
    now = 100.0
    memory = DiskFullMemory(lambda: now)
    assert not memory.is_full
    memory.record_post(507)
    now += FULL_FOR - 1
    assert memory.is_full
    now += 1
    assert not memory.is_full
