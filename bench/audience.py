"""Many clients in one process: they wait in one of the three ways, and note when what came.

Sockets and epoll, without a library: the clients run on the same machine as the server, and
should take as little of it as they can. A message says when it was sent: `at 123456789.`, in
nanoseconds of the monotonic clock.
"""

import re
import select
import socket
import sys
import time
from collections.abc import Callable

from bench.peers import DELIVERY_METHODS, EVENTS, LONG_POLLING, WEB_SOCKET

SENT = re.compile(rb"at (\d+)\.")
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
NEXT = re.compile(rb'"next": ?"([^"]+)"')
NCHAN_NEXT = re.compile(rb"\r\nLast-Modified: ([^\r]+).*\r\nEtag: ([^\r]+)", re.DOTALL)
HEAD = "Host: localhost\r\nUser-Agent: bench\r\n"
MORE_HEAD = {
    LONG_POLLING: "Accept: */*\r\n",
    EVENTS: "Accept: text/event-stream\r\n",
    WEB_SOCKET: "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
}


def now() -> str:
    """Return what a message says to tell when it was sent."""
    return f"at {time.monotonic_ns()}."


class Audience:
    """So many clients that wait at `port` in some way."""

    def __init__(self, port: int, way: str, clients: int) -> None:
        self.way = way
        self.delays: list[float] = []  # seconds, of all that was received
        self.received = 0
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._rest: dict[int, bytes] = {}
        self._path = f"/messages/{DELIVERY_METHODS[way]}"
        first = f"GET {self._path} HTTP/1.1\r\n{HEAD}{MORE_HEAD[way]}\r\n".encode()
        for _ in range(clients):
            client = socket.create_connection(("127.0.0.1", port))
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(first)
            client.setblocking(False)
            self._sockets[client.fileno()] = client
            self._rest[client.fileno()] = b""
            self._poll.register(client, select.EPOLLIN)

    def hear(self, publish: Callable[[str], object]) -> None:
        """Say something each second until all have heard the same: so all wait."""
        for _ in range(20):
            self.received = 0
            publish(now())
            self.listen_for(3.0, len(self._sockets))
            if self.received == len(self._sockets):
                return
        sys.exit("Not all clients hear what is said.")

    def listen_for(self, seconds: float, messages: int) -> None:
        """Receive until so many messages came in all, or for so long."""
        deadline = time.monotonic() + seconds
        read = self._answer if self.way == LONG_POLLING else self._stream
        while self.received < messages and time.monotonic() < deadline:
            ready = self._poll.poll(0.01, len(self._sockets))
            # What is ready had come by now, however long it takes to look at all of it.
            came = time.monotonic_ns()
            for number, _ in ready:
                data = self._sockets[number].recv(65536)
                if not data:
                    raise ConnectionError(self._rest[number])
                rest = self._rest[number]
                self._rest[number] = read(number, rest + data if rest else data, came)

    def close(self) -> None:
        """Leave, all of them."""
        for client in self._sockets.values():
            client.close()
        self._poll.close()

    def _note(self, data: bytes, came: int) -> int:
        """Note all messages in here; return where the last one ends."""
        end = 0
        for sent in SENT.finditer(data):
            self.delays.append((came - int(sent[1])) / 1e9)
            self.received += 1
            end = sent.end()
        return end

    def _stream(self, _: int, data: bytes, came: int) -> bytes:
        return data[self._note(data, came) :][-30:]

    def _answer(self, number: int, data: bytes, came: int) -> bytes:
        """Take in an answer and ask again. Return what is no whole one yet."""
        end = data.find(b"\r\n\r\n")
        length = LENGTH.search(data, 0, end + 2) if end >= 0 else None
        if not length or len(data) < end + 4 + int(length[1]):
            return data
        self._note(data, came)
        if following := NEXT.search(data, end):
            query, more = "?after=" + following[1].decode(), ""
        elif following := NCHAN_NEXT.search(data, 0, end):
            query = ""
            more = (
                f"If-Modified-Since: {following[1].decode()}\r\n"
                f"If-None-Match: {following[2].decode()}\r\n"
            )
        else:
            raise ConnectionError(data)
        request = f"GET {self._path}{query} HTTP/1.1\r\n{HEAD}{MORE_HEAD[self.way]}{more}\r\n"
        self._sockets[number].send(request.encode())
        return b""
