"""The real thing to test against: processes, files and sockets, each test with its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from dialog import Dialog

HERE = Path(__file__).parent.parent


def until(holds: Callable[[], bool]) -> None:
    """Return once this holds. The test's time-out is the deadline."""
    while not holds():
        threading.Event().wait(0.01)


@contextmanager
def running(
    *command: str, log: Path | None = None, **environ: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program of ours, once it has said where it stands; it must end cleanly and not complain."""
    # Not a pipe: one that nobody reads would fill up.
    with log.open("w+") if log else tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=HERE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | environ,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout
        try:
            yield process, process.stdout.readline()
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=10)
        errors.seek(0)
        said = errors.read()
    assert "Traceback" not in said, said


@dataclass
class Server:
    """A running server: its address, its dialog's file, a client that talks to it."""

    url: str
    path: Path
    client: httpx.Client
    process: subprocess.Popen[str]

    def say(self, text: str, **fields: str) -> dict[str, str]:
        answer = self.client.post("/messages", json={"text": text, **fields})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def cursor(self) -> str:
        return str(self.client.get("/messages").json()["next"])


@contextmanager
def serving(path: Path, *options: str, patch: str = "", **environ: str) -> Iterator[Server]:
    """A server; `patch` is code that runs first, to shorten a wait or to break something."""
    program = ["-c", f"import server\n{patch}\nserver.main()"] if patch else ["server.py"]
    options = ("--port", "0", "--posts", "0", "--dialog", str(path), *options)
    with running(*program, *options, log=None, **environ) as (process, line):
        address = re.search(r"http://\S+", line)
        assert address, line
        with httpx.Client(base_url=address[0], timeout=30) as client:
            yield Server(address[0], path, client, process)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where this test's dialog will be."""
    return tmp_path / "dialog.jsonl"


@pytest.fixture
def dialog(path: Path) -> Dialog:
    return Dialog(path)


@pytest.fixture
def server(path: Path) -> Iterator[Server]:
    with serving(path) as server:
        yield server


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that leave no trace in it but messages."""
    with serving(tmp_path_factory.mktemp("shared") / "dialog.jsonl") as server:
        yield server


@pytest.fixture
def robot(path: Path) -> Iterator[subprocess.Popen[str]]:
    with running("robot.py", "--dialog", str(path)) as (process, line):
        assert str(path) in line
        yield process
