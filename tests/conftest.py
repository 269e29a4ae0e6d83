"""The real thing to test against: processes, files and sockets, each test with its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx
import pytest

from dialog import Dialog, open_dialog
from tests.redis_server import RedisServer

HERE = Path(__file__).parent.parent


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
    """A running server: its address, its dialog's, a client that talks to it."""

    url: str
    address: str
    client: httpx.Client
    process: subprocess.Popen[str]

    @property
    def path(self) -> Path:
        """The dialog's file."""
        return Path(self.address)

    @cached_property
    def dialog(self) -> Dialog:
        """The same dialog, as another process sees it."""
        return open_dialog(self.address)

    def say(self, text: str, **fields: str) -> dict[str, str]:
        answer = self.client.post("/messages", json={"text": text, **fields})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def cursor(self) -> str:
        return str(self.client.get("/messages").json()["next"])


@contextmanager
def serving(
    address: Path | str, *options: str, patch: str = "", **environ: str
) -> Iterator[Server]:
    """A server; `patch` is code that runs first, to shorten a wait or to break something."""
    program = ["-c", f"import server\n{patch}\nserver.main()"] if patch else ["server.py"]
    options = ("--port", "0", "--posts", "0", "--dialog", str(address), *options)
    with running(*program, *options, log=None, **environ) as (process, line):
        url = re.search(r"http://\S+", line)
        assert url, line
        with httpx.Client(base_url=url[0], timeout=30) as client:
            yield Server(url[0], str(address), client, process)


# Each test says which stores it is about: `both` for what all dialogs promise, `file` for what only
# a file can do, `any` for what no store can change. The others, and the browser's, run on a file,
# or with --store redis on Redis.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=["both", "file", "redis"], default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--store")
        if wanted == "both":
            marks = {mark.name for mark in metafunc.definition.iter_markers()}
            wanted = (
                ["file", "redis"] if "both" in marks and not marks & {"file", "any"} else "file"
            )
        metafunc.parametrize("store", [wanted] if isinstance(wanted, str) else wanted)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--store") == "redis":
        config.hook.pytest_deselected(items=list(filter(file_only, items)))
        items[:] = [item for item in items if not file_only(item)]


def file_only(item: pytest.Item) -> bool:
    return item.get_closest_marker("file") is not None


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One for all tests; each has a database of its own."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where this test's dialog will be, if it is a file."""
    return tmp_path / "dialog.jsonl"


@pytest.fixture
def address(store: str, path: Path, request: pytest.FixtureRequest) -> str:
    """Where this test's dialog will be."""
    return fresh(store, path, request)


def fresh(store: str, path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a dialog in which nobody has spoken."""
    if store == "file":
        return str(path)
    server: RedisServer = request.getfixturevalue("redis_server")
    return server.address()


@pytest.fixture
def dialog(address: str) -> Dialog:
    return open_dialog(address)


@pytest.fixture
def server(address: str) -> Iterator[Server]:
    with serving(address) as server:
        yield server


@pytest.fixture(scope="session")
def shared(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """One server for all tests that leave no trace in it but messages."""
    store = request.config.getoption("--store")
    path = tmp_path_factory.mktemp("shared") / "dialog.jsonl"
    with serving(fresh("redis" if store == "redis" else "file", path, request)) as server:
        yield server


@pytest.fixture
def robot(address: str) -> Iterator[subprocess.Popen[str]]:
    with running("robot.py", "--dialog", address) as (process, line):
        assert address in line
        yield process
