"""The four ways of delivery, as a client walks them."""

import json
import socket as sockets
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.conftest import Server

DeliveryMethod = Callable[[Server, str | None], Iterator[dict[str, Any]]]


def texts(page: dict[str, Any]) -> list[str]:
    return [message["text"] for message in page["messages"]]


def after(cursor: str | None) -> dict[str, str]:
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


def web_socket(server: Server, cursor: str | None) -> Iterator[dict[str, Any]]:
    query = f"?after={cursor}" if cursor else ""
    with connect(f"{server.url.replace('http', 'ws')}/messages/socket{query}") as socket:
        while True:
            yield json.loads(socket.recv(timeout=30))


def events(server: Server, cursor: str | None) -> Iterator[dict[str, Any]]:
    with server.client.stream("GET", "/messages/events", params=after(cursor)) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


DELIVERY_METHODS = {
    "polling": polling,
    "long polling": long_polling,
    "WebSocket": web_socket,
    "server-sent events": events,
}


waiting_methods = [long_polling, web_socket, events]
each_method = pytest.mark.parametrize("way", DELIVERY_METHODS.values(), ids=DELIVERY_METHODS.keys())


def read(pages: Iterator[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many messages from these pages."""
    messages: list[dict[str, Any]] = []
    while len(messages) < count:
        messages += next(pages)["messages"]
    return messages


def waiting(server: Server) -> int:
    return int(httpx.get(f"{server.url}/healthz").json()["waiting"])


def raw(server: Server, sent: bytes, room: int | None = None) -> sockets.socket:
    """A connection over which these bytes went. Its system has `room` for so many unread ones."""
    host, port = server.url.removeprefix("http://").split(":")
    client = sockets.socket()
    client.settimeout(30)
    if room:
        client.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, room)
    client.connect((host, int(port)))
    client.sendall(sent)
    return client


def status(client: sockets.socket) -> int:
    """The status of the answer that comes."""
    return int(client.makefile("rb").readline().split()[1])


UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


def heads(cursor: str | None = None) -> dict[DeliveryMethod, bytes]:
    """What begins each way that waits, from `cursor` on or from now."""
    query = f"?after={cursor}" if cursor else ""
    return {
        way: f"GET /messages/{name}{query} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode()
        for way, name, more in [
            (long_polling, "wait", ""),
            (web_socket, "socket", UPGRADE),
            (events, "events", ""),
        ]
    }
