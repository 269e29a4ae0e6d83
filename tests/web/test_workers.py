"""Several worker processes on one port: `--workers`."""

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
from tests.delivery_methods import DELIVERY_METHODS, read, socket_url, waiting
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def workers(server: Server) -> list[int]:
    """Return the ids of the worker processes."""
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    children = [int(i) for task in tasks for i in (task / "children").read_text().split()]
    return [i for i in children if b"spawn_main" in Path(f"/proc/{i}/cmdline").read_bytes()]


@contextlib.contextmanager
def sockets_on_each_worker(server: Server) -> Iterator[list[ClientConnection]]:
    """Connect WebSockets until each worker has at least one."""
    until(lambda: len(workers(server)) == 2)
    with contextlib.ExitStack() as stack:
        sockets: list[ClientConnection] = []
        while not 0 < waiting(server) < len(sockets):  # health counts the worker that answers
            sockets.append(stack.enter_context(connect(socket_url(server))))
        yield sockets


def test_a_message_posted_to_one_worker_reaches_the_clients_of_all(path: Path) -> None:
    with serving(path, "--workers", "2") as server:
        cursor = server.cursor()
        with sockets_on_each_worker(server) as sockets:
            posted = server.say("to all")
            for socket in sockets:
                assert json.loads(socket.recv(timeout=30))["messages"] == [posted]
        received = [read(method(server, cursor), 1) for method in DELIVERY_METHODS.values()]
        assert received == [received[0]] * 4


def test_a_killed_worker_is_replaced_and_the_others_keep_their_clients(path: Path) -> None:
    with serving(path, "--workers", "2") as server:
        with sockets_on_each_worker(server) as sockets:
            first, second = workers(server)
            os.kill(first, signal.SIGKILL)
            until(lambda: len({first, second, *workers(server)}) == 3)
            with httpx.Client(base_url=server.url) as client:
                posted = client.post("/messages", json={"text": "still here"}).json()
            closed = 0
            for socket in sockets:
                try:
                    assert json.loads(socket.recv(timeout=30))["messages"] == [posted]
                except ConnectionClosed:
                    closed += 1
            assert 0 < closed < len(sockets)
        server.process.terminate()
        assert server.process.wait(timeout=5) == 0
