"""Many subscribers in one process: they wait by one delivery method and time each message.

They use sockets and epoll directly. They share the machine with the server, so they must take as
little of it as possible. Each message says when it was sent: `at 123456789.`, in nanoseconds of
the monotonic clock.
"""

import re
import select
import socket
import sys
import time
from collections.abc import Callable

from bench.peers import DELIVERY_METHODS, LONG_POLLING, SERVER_SENT_EVENTS, WEBSOCKET

SOURCES = [f"127.0.0.{number}" for number in range(2, 10)]  # each has ports of its own
PING, PONG = b"\x89\x00", b"\x8a\x80\0\0\0\0"  # of WebSocket, without a payload
JOINED_AT_ONCE = 500  # connections
SENT = re.compile(rb"at (\d+)\.")
LONGEST_SENT = 30  # bytes
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
NEXT = re.compile(rb'"next": ?"([^"]+)"')
NCHAN_NEXT = re.compile(rb"\r\nLast-Modified: ([^\r]+).*\r\nEtag: ([^\r]+)", re.DOTALL)
HEADERS = "Host: localhost\r\nUser-Agent: bench\r\n"
METHOD_HEADERS = {
    LONG_POLLING: "Accept: */*\r\n",
    SERVER_SENT_EVENTS: "Accept: text/event-stream\r\n",
    WEBSOCKET: "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
}


def time_stamp() -> str:
    """Return the text of a message that says when it was sent."""
    return f"at {time.monotonic_ns()}."


class Subscribers:
    """`count` connections to a server on `port`, all waiting by the same delivery method."""

    def __init__(self, port: int, method: str, count: int, query: str = "") -> None:
        self.method = method
        self.delays: list[float] = []  # seconds, one for each message received
        self.received = 0  # messages, by all connections together
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._unread: dict[int, bytes] = {}  # the start of an incomplete answer
        self._path = f"/messages/{DELIVERY_METHODS[method]}"
        request = (
            f"GET {self._path}{query} HTTP/1.1\r\n{HEADERS}{METHOD_HEADERS[method]}\r\n".encode()
        )
        for number in range(count):
            source = SOURCES[number % len(SOURCES)], 0
            connection = socket.create_connection(("127.0.0.1", port), source_address=source)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(request)
            connection.setblocking(False)
            self._sockets[connection.fileno()] = connection
            self._unread[connection.fileno()] = b""
            self._epoll.register(connection, select.EPOLLIN)
            if number % JOINED_AT_ONCE == JOINED_AT_ONCE - 1:
                self.receive(sys.maxsize, 0.01)  # answer pings meanwhile

    def wait_until_subscribed(self, publish: Callable[[str], object]) -> None:
        """Publish messages until one reaches every subscriber.

        Raises SystemExit after 20 messages.
        """
        for _ in range(20):
            self.received = 0
            publish(time_stamp())
            self.receive(len(self._sockets), 3.0)
            if self.received == len(self._sockets):
                return
        sys.exit(f"Of {len(self._sockets)} subscribers, only {self.received} receive messages.")

    def receive(self, messages: int, timeout: float) -> None:
        """Receive until there are `messages` in all, for at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        read = self._read_answer if self.method == LONG_POLLING else self._read_stream
        while self.received < messages and time.monotonic() < deadline:
            ready = self._epoll.poll(0.01, len(self._sockets))
            # All of these had arrived by now, however long it takes to read them.
            arrived = time.monotonic_ns()
            for number, _ in ready:
                data = self._sockets[number].recv(65536)
                if not data:
                    raise ConnectionError(self._unread[number])
                unread = self._unread[number]
                self._unread[number] = read(number, unread + data if unread else data, arrived)

    def close(self) -> None:
        """Close all connections."""
        for connection in self._sockets.values():
            connection.close()
        self._epoll.close()

    def _record(self, data: bytes, arrived: int) -> int:
        """Record the delay of each message in `data`. Returns where the last one ends."""
        end = 0
        for sent in SENT.finditer(data):
            self.delays.append((arrived - int(sent[1])) / 1e9)
            self.received += 1
            end = sent.end()
        return end

    def _read_stream(self, number: int, data: bytes, arrived: int) -> bytes:
        if PING in data:
            self._sockets[number].send(PONG)
        return data[self._record(data, arrived) :][-LONGEST_SENT:]

    def _read_answer(self, number: int, data: bytes, arrived: int) -> bytes:
        """Read an answer and send the next request. Returns the data if it is incomplete."""
        end = data.find(b"\r\n\r\n")
        length = LENGTH.search(data, 0, end + 2) if end >= 0 else None
        if not length or len(data) < end + 4 + int(length[1]):
            return data
        self._record(data, arrived)
        if cursor := NEXT.search(data, end):
            query, headers = "?after=" + cursor[1].decode(), ""
        elif cursor := NCHAN_NEXT.search(data, 0, end):
            query = ""
            headers = (
                f"If-Modified-Since: {cursor[1].decode()}\r\n"
                f"If-None-Match: {cursor[2].decode()}\r\n"
            )
        else:
            raise ConnectionError(data)
        headers = f"{HEADERS}{METHOD_HEADERS[self.method]}{headers}"
        self._sockets[number].send(f"GET {self._path}{query} HTTP/1.1\r\n{headers}\r\n".encode())
        return b""
