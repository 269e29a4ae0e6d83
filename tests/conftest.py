"""Fixtures: real programs, files and sockets. Most tests have their own."""

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
from tests import patched
from tests.patched import Patch
from tests.redis_server import RedisServer
from tests.waiting import until

HERE = Path(__file__).parent.parent


@contextmanager
def running(
    *command: str, patch: Patch | None = None, log: Path | None = None, **environ: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run Python with this command line. Yields the process and the first line that it prints.

    `patch` is called in the process before the program. Errors go to the file `log`. At the end,
    the process gets SIGTERM, must exit within 10 s and must not have printed a traceback.
    """
    # Not a pipe, which would fill up if nobody read it.
    with log.open("w+") if log else tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, *(patched.command(patch, *command) if patch else command)],
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
        printed = errors.read()
    assert "Traceback" not in printed, printed


@dataclass
class Server:
    """A running server: its URL, the address of its dialog, a client and its process."""

    url: str
    address: str
    client: httpx.Client
    process: subprocess.Popen[str]

    @property
    def path(self) -> Path:
        """The dialog's file."""
        return Path(self.address)

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    @cached_property
    def dialog(self) -> Dialog:
        """The dialog, opened by the test itself."""
        return open_dialog(self.address)

    def say(self, text: str, **fields: str) -> dict[str, str]:
        """Post a message and return it."""
        answer = self.client.post("/messages", json={"text": text, **fields})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def cursor(self) -> str:
        """Return the cursor behind the newest message."""
        return str(self.client.get("/messages").json()["next"])


@contextmanager
def serving(
    address: Path | str,
    *options: str,
    patch: Patch | None = None,
    log: Path | None = None,
    **environ: str,
) -> Iterator[Server]:
    """Run server.py on the dialog at `address`, without a rate limit."""
    command = ("server.py", "--port", "0", "--posts", "0", "--dialog", str(address), *options)
    with running(*command, patch=patch, log=log, **environ) as (process, line):
        url = re.search(r"http://\S+", line)
        assert url, line
        with httpx.Client(base_url=url[0], timeout=30) as client:
            yield Server(url[0], str(address), client, process)


@contextmanager
def serving_with_flask(address: Path | str, **environ: str) -> Iterator[Server]:
    """Run `flask --app server run` on the dialog at `address`, without a rate limit."""
    command = ("-m", "flask", "--app", "server", "run", "--port", "0")
    environ |= {"DIALOG": str(address), "POSTS": "0"}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with running(*command, patch=None, log=log, **environ) as (process, _):
            until(lambda: "Running on http" in log.read_text() or process.poll() is not None)
            url = re.search(r"http://[\d.:]+", log.read_text())
            assert url, log.read_text()
            with httpx.Client(base_url=url[0], timeout=30) as client:
                yield Server(url[0], str(address), client, process)


# A mark says which stores a test needs: `both` for promises of every dialog, `file` for promises of
# the file store, `any` where the store makes no difference. Tests without a mark, and those of the
# browser, run on a file, or on Redis with --store redis.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=["both", "file", "redis"], default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store" in metafunc.fixturenames:
        stores = [metafunc.config.getoption("--store")]
        if stores == ["both"]:
            marks = {mark.name for mark in metafunc.definition.iter_markers()}
            on_both = "both" in marks and not marks & {"file", "any"}
            stores = ["file", "redis"] if on_both else ["file"]
        metafunc.parametrize("store", stores)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--store") == "redis":
        config.hook.pytest_deselected(items=list(filter(file_only, items)))
        items[:] = [item for item in items if not file_only(item)]


def file_only(item: pytest.Item) -> bool:
    return item.get_closest_marker("file") is not None


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis server for all tests. Each test uses a database of its own."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of this test's dialog on a file."""
    return tmp_path / "dialog.jsonl"


@pytest.fixture
def address(store: str, path: Path, request: pytest.FixtureRequest) -> str:
    """The address of this test's dialog."""
    return fresh(store, path, request)


def fresh(store: str, path: Path, request: pytest.FixtureRequest) -> str:
    """Return the address of an empty dialog."""
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
    """One server for all tests that change nothing but its messages."""
    store = request.config.getoption("--store")
    path = tmp_path_factory.mktemp("shared") / "dialog.jsonl"
    with serving(fresh("redis" if store == "redis" else "file", path, request)) as server:
        yield server


@pytest.fixture
def robot(address: str) -> Iterator[subprocess.Popen[str]]:
    with running("robot.py", "--dialog", address) as (process, line):
        assert address in line
        yield process
