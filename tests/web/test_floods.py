"""Clients that send or request too much, and the effect on other clients."""

import json
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.conftest import Server
from tests.delivery_methods import (
    connection,
    socket_url,
    texts,
    waiting,
    waiting_requests,
    websocket,
)
from tests.messages import many
from tests.waiting import until
from web.websocket_protocol import BYTES_AT_ONCE

PING, PONG = b"\x89\x80\x00\x00\x00\x00", b"\x8a\x00"
EMPTY_FRAME = b"\x81\x80\x00\x00\x00\x00"


def test_a_websocket_client_that_floods_is_disconnected(server: Server) -> None:
    with connect(socket_url(server)) as client:
        until(lambda: waiting(server) == 1)
        client.socket.sendall(EMPTY_FRAME * 100_000)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=30)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1008
    until(lambda: waiting(server) == 0)


def test_a_websocket_client_may_send_a_little(server: Server) -> None:
    cursor = server.cursor()
    with connect(f"{socket_url(server)}?after={cursor}") as client:
        client.send("hello")
        client.ping().wait(30)
        message = server.say("still here")
        assert json.loads(client.recv(timeout=30))["messages"] == [message]


@pytest.mark.parametrize("limit", ["501", "9999", "1" * 30])
def test_a_page_has_at_most_500_messages(server: Server, limit: str) -> None:
    start = server.cursor()
    many(server.dialog, *map(str, range(600)))
    for query in (f"limit={limit}", f"limit={limit}&after={start}"):
        page = server.client.get(f"/messages?{query}").json()
        assert len(page["messages"]) == 500


def test_subscribers_at_one_cursor_get_pages_of_their_own_limits(server: Server) -> None:
    limits = (1, 2, 3, 100)
    with ExitStack() as stack:
        clients = [
            stack.enter_context(connect(f"{socket_url(server)}?limit={limit}")) for limit in limits
        ]
        until(lambda: waiting(server) == len(limits))
        many(server.dialog, *"abcdef")
        for limit, client in zip(limits, clients, strict=True):
            received: list[str] = []
            while len(received) < 6:
                page = json.loads(client.recv(timeout=30))
                assert len(page["messages"]) <= limit
                received += texts(page)
            assert received == list("abcdef")


def test_frames_before_the_handshake_is_complete_are_not_served(server: Server) -> None:
    with connection(server, waiting_requests()[websocket]) as client:
        received = b""
        with suppress(OSError):
            client.sendall(PING * 200_000)  # more than is read at once
            while piece := client.recv(65536):
                received += piece
    assert received.startswith(b"HTTP/1.1 101")
    assert received.count(PONG) <= BYTES_AT_ONCE / len(PING)
