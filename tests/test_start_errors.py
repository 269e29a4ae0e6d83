"""What the programs print when they cannot start, on each system."""

import errno
import os
import socket
import subprocess
import sys
from functools import partial

import pytest

import server
from tests import patched, platforms
from tests.conftest import HERE
from tests.patched import Patch


def failed_start(program: str, patch: Patch) -> str:
    """Return the line that a program prints when it fails to start."""
    ended = subprocess.run(
        [sys.executable, *patched.command(patch, program)],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert ended.returncode == 1, ended
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


@pytest.mark.parametrize(
    ("program", "package"),
    [("server.py", "uvicorn"), ("server.py", "flask"), ("robot.py", "watchdog")],
)
def test_a_missing_package_is_reported_with_the_command_that_installs_it(
    program: str, package: str
) -> None:
    line = failed_start(program, partial(platforms.hide_package, package))
    assert f"The package {package} is not installed for {sys.executable}." in line
    assert "-m pip install -r requirements.txt" in line


@pytest.mark.parametrize("program", ["server.py", "robot.py"])
def test_an_older_python_is_reported(program: str) -> None:
    line = failed_start(program, platforms.older_python)
    assert line == "This chat needs Python 3.11 or newer. This is 3.10.4.\n"


def test_a_port_in_use_is_reported_with_another_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SystemExit) as exited:
            server.listen("127.0.0.1", port)
    assert str(exited.value).startswith(f"Port {port} on 127.0.0.1 is already in use. Choose")


def test_on_macos_a_used_port_5000_is_explained_by_airplay(monkeypatch: pytest.MonkeyPatch) -> None:
    error = OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    assert "AirPlay" not in server.listen_trouble("127.0.0.1", 5000, error)
    monkeypatch.setattr("sys.platform", "darwin")
    line = server.listen_trouble("127.0.0.1", 5000, error)
    assert "AirPlay Receiver" in line
    assert "PORT=5001" in line
    assert "AirPlay" not in server.listen_trouble("127.0.0.1", 5001, error)


def test_an_address_of_another_machine_is_reported_with_the_usual_addresses() -> None:
    with pytest.raises(SystemExit) as exited:
        server.listen("192.0.2.1", 0)
    assert "no such address" in str(exited.value)
    assert "--host 127.0.0.1" in str(exited.value)


def test_an_unknown_host_is_reported_with_the_usual_addresses() -> None:
    error = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert "no such address" in server.listen_trouble("nowhere", 5000, error)


def test_a_port_that_needs_an_administrator_is_reported_with_another_port() -> None:
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    line = server.listen_trouble("127.0.0.1", 80, error)
    assert line.startswith("This system does not let you listen on port 80.")
    assert "PORT=5001" in line
