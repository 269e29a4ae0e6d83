"""The address of a dialog, and what the programs report about it at the start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dialog import dialog_address, open_dialog
from tests import patched, patches
from tests.conftest import HERE, running, serving
from tests.messages import fill
from tests.patched import Patch
from tests.redis_server import RedisServer


def test_the_environment_names_the_dialog() -> None:
    heroku = {"REDIS_URL": "redis://h"}
    assert dialog_address({}) == "dialog.jsonl"
    assert dialog_address(heroku) == "redis://h"
    assert dialog_address(heroku | {"DIALOG": "here.jsonl"}) == "here.jsonl"


@pytest.mark.parametrize("program", ["server.py", "robot.py"])
@pytest.mark.parametrize(
    ("patch", "address", "reason"),
    [
        (patches.no_redis_client, "redis://x", "pip install -r requirements.txt"),
        (None, "redis://user:secret@127.0.0.1:1/0", "Connection refused"),
        (None, "redis://127.0.0.1:no", "Redis"),
    ],
)
def test_a_dialog_that_cannot_be_opened_is_reported_in_one_line(
    program: str, patch: Patch | None, address: str, reason: str
) -> None:
    ended = subprocess.run(
        [sys.executable, *(patched.command(patch, program) if patch else [program])],
        cwd=HERE,
        env=os.environ | {"REDIS_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert reason in ended.stderr
    assert "secret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_dialog_in_a_file_needs_no_redis_client(path: Path) -> None:
    command = ("robot.py", "--dialog", str(path))
    with (
        serving(path, patch=patches.no_redis_client) as server,
        running(*command, patch=patches.no_redis_client) as (_, first_line),
    ):
        assert str(path) in first_line
        assert server.say("hi")["text"] == "hi"


@pytest.mark.parametrize(
    ("name", "value"),
    [("appendonly", "no"), ("appendfsync", "everysec"), ("maxmemory-policy", "allkeys-lru")],
)
def test_redis_settings_that_lose_messages_are_reported(
    own_redis_server: RedisServer, name: str, value: str
) -> None:
    redis = own_redis_server.client()
    redis.config_set("maxmemory", "1gb")
    address = own_redis_server.address()
    assert open_dialog(address).health().warnings == []
    redis.config_set(name, value)
    with serving(address) as server:
        assert server.process.stdout
        assert f"{name} {value}" in server.process.stdout.readline()
        warnings = server.client.get("/healthz").json()["warnings"]
        assert any(f"{name} {value}" in w and "appendfsync always" in w for w in warnings)


def test_a_redis_server_that_hides_its_settings_is_reported(own_redis_server: RedisServer) -> None:
    own_redis_server.client().acl_setuser(
        "us", enabled=True, passwords=["+p"], keys=["{dialog}:*"], commands=["+@all", "-config"]
    )
    dialog = open_dialog(own_redis_server.address().replace("//", "//us:p@"))
    assert dialog.health().trouble is None
    assert "CONFIG" in dialog.health().warnings[0]
    assert fill(dialog, "hi")
