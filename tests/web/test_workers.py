"""Several processes that serve one dialog on one port: `--workers`."""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.conftest import Server, serving
from tests.delivery_methods import DELIVERY_METHODS, read, waiting
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells who is whose child")


def workers(server: Server) -> list[int]:
    """The processes that serve now."""
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    children = [int(i) for task in tasks for i in (task / "children").read_text().split()]
    return [i for i in children if b"spawn_main" in Path(f"/proc/{i}/cmdline").read_bytes()]


@contextlib.contextmanager
def on_each(server: Server) -> Iterator[list[ClientConnection]]:
    """Sockets, at least one with each worker."""
    url = f"{server.url.replace('http', 'ws')}/messages/socket"
    until(lambda: len(workers(server)) == 2)
    with contextlib.ExitStack() as stack:
        sockets: list[ClientConnection] = []
        while not 0 < waiting(server) < len(sockets):  # of the worker that answers
            sockets.append(stack.enter_context(connect(url)))
        yield sockets


def test_each_worker_delivers_what_any_was_told(path: Path) -> None:
    with serving(path, "--workers", "2") as server:
        cursor = server.cursor()
        with on_each(server) as sockets:
            said = server.say("to all")
            for socket in sockets:
                assert json.loads(socket.recv(timeout=30))["messages"] == [said]
        heard = [read(method(server, cursor), 1) for method in DELIVERY_METHODS.values()]
        assert heard == [heard[0]] * 4


def test_one_worker_that_dies_is_replaced_and_takes_nobody_along(path: Path) -> None:
    with serving(path, "--workers", "2") as server:
        with on_each(server) as sockets:
            first, second = workers(server)
            os.kill(first, signal.SIGKILL)
            until(lambda: len({first, second, *workers(server)}) == 3)
            with httpx.Client(base_url=server.url) as client:
                said = client.post("/messages", json={"text": "still here"}).json()
            ended = 0
            for socket in sockets:
                try:
                    assert json.loads(socket.recv(timeout=30))["messages"] == [said]
                except ConnectionClosed:
                    ended += 1
            assert 0 < ended < len(sockets)
        server.process.terminate()
        assert server.process.wait(timeout=5) == 0
