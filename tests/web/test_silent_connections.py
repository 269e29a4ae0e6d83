"""Connections without a subscriber, such as silent ones: one client cannot shut out the others."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests import patches
from tests.conftest import Server, serving
from tests.delivery_methods import connection, waiting, waiting_requests
from tests.waiting import until
from web.capacity import SHARE_OF_ONE_CLIENT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs 127.0.0.2 and RLIMIT_NOFILE")

DESCRIPTORS = 256
BOUND = int(DESCRIPTORS * SHARE_OF_ONE_CLIENT)
SENT_WITHOUT_END = [
    b"",
    b"GET / HTTP/1.1\r\nHost: ",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
]
few_descriptors = partial(patches.few_descriptors, str(DESCRIPTORS))


def connect_from(address: str, server: Server, sent: bytes = b"") -> socket.socket:
    """Open a connection from one of the loopback addresses, and send these bytes."""
    client = socket.create_connection(("127.0.0.1", int(server.port)), 30, (address, 0))
    client.sendall(sent)
    return client


def is_open(client: socket.socket) -> bool:
    """Return whether the server still keeps a connection. Closes one that it does not keep."""
    client.setblocking(False)
    try:
        while client.recv(65536):
            pass
    except BlockingIOError:
        return True
    except OSError:
        pass
    client.close()
    return False


def answers(server: Server, address: str) -> bool:
    """Return whether a client at this address gets the health of the server."""
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with suppress(OSError), connect_from(address, server, request) as client:
        return client.recv(65536).startswith(b"HTTP/1.1 200")
    return False


@contextmanager
def flooding(server: Server, address: str, sent: bytes) -> Iterator[None]:
    """Keep opening connections from this address, more than the server has descriptors."""
    stop = threading.Event()

    def flood() -> None:
        clients: list[socket.socket] = []
        while not stop.is_set():
            clients = [client for client in clients if is_open(client)]
            with suppress(OSError):
                while len(clients) < DESCRIPTORS + 50:
                    clients.append(connect_from(address, server, sent))
            stop.wait(0.05)
        for client in clients:
            client.close()

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("sent", SENT_WITHOUT_END, ids=["silent", "half a head", "idle"])
def test_one_address_cannot_shut_out_the_others(path: Path, sent: bytes) -> None:
    with serving(path, patch=few_descriptors) as server, flooding(server, "127.0.0.1", sent):
        until(lambda: not answers(server, "127.0.0.1"))
        assert [answers(server, "127.0.0.2") for _ in range(20)] == [True] * 20


def test_connections_of_a_trusted_proxy_are_not_limited(path: Path) -> None:
    proxied = serving(path, patch=few_descriptors, FORWARDED_ALLOW_IPS="127.0.0.1")
    with proxied as server, ExitStack() as stack:
        clients = [
            stack.enter_context(connect_from("127.0.0.1", server)) for _ in range(BOUND + 20)
        ]
        assert answers(server, "127.0.0.1")
        assert all(map(is_open, clients))


def test_subscribers_are_not_counted_as_silent_and_leave_no_count(path: Path) -> None:
    with serving(path, patch=few_descriptors) as server:
        requests = list(waiting_requests(server.cursor()).values())
        for _ in range(3):
            with ExitStack() as stack:
                for number in range(BOUND):
                    stack.enter_context(connection(server, requests[number % 3]))
                until(lambda: waiting(server) == BOUND)
            until(lambda: waiting(server) == 0)
        silent = [connect_from("127.0.0.1", server) for _ in range(BOUND)]
        until(lambda: not answers(server, "127.0.0.1"))
        for client in silent:
            client.close()
        until(lambda: answers(server, "127.0.0.1"))
