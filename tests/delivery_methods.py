"""The delivery methods as a client uses them. Each yields the pages after a cursor."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.conftest import Server

DeliveryMethod = Callable[[Server, str | None], Iterator[dict[str, Any]]]


def texts(page: dict[str, Any]) -> list[str]:
    """Return the text of each message of a page."""
    return [message["text"] for message in page["messages"]]


def after(cursor: str | None) -> dict[str, str]:
    """Return the query of a request for the messages after `cursor`, or for new messages."""
    return {"after": cursor} if cursor else {}


def polling(server: Server, cursor: str | None) -> Iterator[dict[str, Any]]:
    while True:
        page = server.client.get("/messages", params=after(cursor)).json()
        yield page
        cursor = page["next"]


def long_polling(server: Server, cursor: str | None) -> Iterator[dict[str, Any]]:
    while True:
        page = server.client.get("/messages/wait", params=after(cursor)).json()
        yield page
        cursor = page["next"]


def websocket(server: Server, cursor: str | None) -> Iterator[dict[str, Any]]:
    query = f"?after={cursor}" if cursor else ""
    with connect(socket_url(server) + query) as connection:
        while True:
            yield json.loads(connection.recv(timeout=30))


def server_sent_events(server: Server, cursor: str | None) -> Iterator[dict[str, Any]]:
    with server.client.stream("GET", "/messages/events", params=after(cursor)) as response:
        for line in response.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


DELIVERY_METHODS = {
    "polling": polling,
    "long polling": long_polling,
    "WebSocket": websocket,
    "server-sent events": server_sent_events,
}

waiting_methods = [long_polling, websocket, server_sent_events]
each_method = pytest.mark.parametrize(
    "method", DELIVERY_METHODS.values(), ids=DELIVERY_METHODS.keys()
)
each_waiting_method = pytest.mark.parametrize("method", waiting_methods)


def socket_url(server: Server) -> str:
    """Return the URL of the server's WebSocket."""
    return f"{server.url.replace('http', 'ws')}/messages/socket"


def read(pages: Iterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Return the first `count` or more messages of these pages."""
    messages: list[dict[str, Any]] = []
    while len(messages) < count:
        messages += next(pages)["messages"]
    return messages


def waiting(server: Server) -> int:
    """Return how many subscribers wait, as the server reports it."""
    return int(httpx.get(f"{server.url}/healthz").json()["waiting"])


def connection(server: Server, sent: bytes, receive_buffer: int | None = None) -> socket.socket:
    """Open a connection and send these bytes. A small `receive_buffer` makes a slow reader."""
    host, port = server.url.removeprefix("http://").split(":")
    client = socket.socket()
    client.settimeout(30)
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect((host, int(port)))
    client.sendall(sent)
    return client


def status(client: socket.socket) -> int:
    """Return the status of the next response."""
    return int(client.makefile("rb").readline().split()[1])


UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


def waiting_requests(cursor: str | None = None) -> dict[DeliveryMethod, bytes]:
    """Return the request of each waiting method, for messages after `cursor` or from now on."""
    query = f"?after={cursor}" if cursor else ""
    return {
        method: f"GET /messages/{name}{query} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
        for method, name, headers in [
            (long_polling, "wait", ""),
            (websocket, "socket", UPGRADE),
            (server_sent_events, "events", ""),
        ]
    }
