"""A relayed connection: bytes between a browser and the server, as a simulated network moves them.

The relay stands at the level of TCP. The browser's connection is a real one, so it sees what a bad
network does to it: silence, late bytes, and a connection that is cut. The server's end is a pair
of connected sockets in this process.
"""

import asyncio
import re
import socket
from collections import deque
from collections.abc import Callable
from typing import Protocol, cast

from web.lab.link import Link
from web.lab.networks import Network

MOST_PENDING = 256 * 1024  # bytes under way in one direction of a connection
UPGRADE = re.compile(rb"^upgrade:", re.IGNORECASE | re.MULTILINE)
CHUNKED = re.compile(rb"^transfer-encoding: *chunked", re.IGNORECASE | re.MULTILINE)
LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

Accept = Callable[[], asyncio.Protocol]  # makes the server's end of a connection


class Viewer(Protocol):
    """What a relay has to know about its viewer."""

    up: Link
    down: Link
    relays: "set[Relay]"

    @property
    def network(self) -> Network:
        """The network that the viewer chose."""


class Direction:
    """One direction of one connection: data arrives late, but in order."""

    def __init__(self, link: Link, deliver: Callable[[bytes], None]) -> None:
        self._link = link
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._under_way: deque[bytes] = deque()
        self.last_arrival = 0.0
        self.pending = 0  # bytes under way

    def send(self, data: bytes) -> None:
        """Deliver data when the network lets it arrive. No data is the end of the connection."""
        arrival = self._link.arrival(max(len(data), 1), self._loop.time())
        self.last_arrival = max(arrival, self.last_arrival)
        self.pending += len(data)
        self._under_way.append(data)
        self._loop.call_at(self.last_arrival, self._arrive)

    def _arrive(self) -> None:
        data = self._under_way.popleft()  # in order, even if two timers end at the same time
        self.pending -= len(data)
        self._deliver(data)


class Relay(asyncio.Protocol):
    """Relays one connection of a browser. To the server it is the client."""

    def __init__(self, viewer: Viewer, browser: asyncio.Transport, accept: Accept) -> None:
        self._viewer = viewer
        self._browser = browser
        self._loop = asyncio.get_running_loop()
        self._up = Direction(viewer.up, self._to_server)
        self._down = Direction(viewer.down, self._to_browser)
        self._server: asyncio.Transport | None = None
        self._early: list[bytes] = []  # arrived before the server's end was open
        self._is_tunnel = False  # after an upgrade, the bytes are no longer HTTP
        self._held = b""  # the start of a response, which a proxy holds back
        self._has_ended = False
        self._cut: asyncio.TimerHandle | None = None
        now = self._loop.time()
        self._up.last_arrival = viewer.down.handshake(viewer.up.handshake(now))
        self._opening = asyncio.create_task(self._open(accept))
        viewer.relays.add(self)

    async def _open(self, accept: Accept) -> None:
        ours, theirs = socket.socketpair()
        await self._loop.connect_accepted_socket(accept, theirs)
        await self._loop.connect_accepted_socket(lambda: self, ours)

    # From the browser.

    @property
    def is_tunnel(self) -> bool:
        """Whether everything that the browser sends belongs to this connection's WebSocket."""
        return self._is_tunnel

    def request(self, head: bytes) -> None:
        """Relay the head of a request."""
        self._held = b""
        self.restart_cut()
        if UPGRADE.search(head):
            if self._viewer.network.refuses_upgrade:
                self._down.send(REFUSAL)
                self._down.send(b"")
                return
            self._is_tunnel = True
        self.send(head)

    def send(self, data: bytes) -> None:
        """Relay what the browser sends."""
        self._up.send(data)
        if self._up.pending > MOST_PENDING:
            self.abort()

    def _to_server(self, data: bytes) -> None:
        if self._server and not self._server.is_closing():
            self._server.write(data)
        elif not self._server:
            self._early.append(data)

    # From the server.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the server what has arrived for it so far."""
        self._server = cast(asyncio.Transport, transport)
        if self._has_ended:  # while this end was being opened
            self._server.abort()
            return
        self._server.write(b"".join(self._early))

    def data_received(self, data: bytes) -> None:
        """Relay what the server sends. A proxy may hold it back."""
        if self._viewer.network.buffers and not self._is_tunnel:
            data, self._held = complete(self._held + data)
        if data:
            self._down.send(data)
        if max(self._down.pending, len(self._held)) > MOST_PENDING:
            self.abort()

    def connection_lost(self, _: Exception | None) -> None:
        """Let the browser know that the server closed the connection."""
        self._down.send(b"")

    def _to_browser(self, data: bytes) -> None:
        if self._has_ended:
            return
        if data:
            self._browser.write(data)
        else:
            self._browser.close()

    # The end.

    def restart_cut(self) -> None:
        """Cut the connection after the time that the network allows, counted from now."""
        if self._cut:
            self._cut.cancel()
        seconds = self._viewer.network.cuts_after
        self._cut = self._loop.call_later(seconds, self.abort) if seconds < float("inf") else None

    def abort(self) -> None:
        """Cut the connection."""
        self._browser.abort()

    def close(self) -> None:
        """End, because the browser closed its connection or uses it for other requests."""
        self._has_ended = True
        self._viewer.relays.discard(self)
        self._opening.cancel()
        if self._cut:
            self._cut.cancel()
        if self._server:
            self._server.abort()


def complete(data: bytes) -> tuple[bytes, bytes]:
    """Return a response if it is complete, and the data that has to be held back."""
    head, end, body = data.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    if CHUNKED.search(head):
        is_complete = body.endswith(b"0\r\n\r\n")
    else:
        is_complete = bool(end) and len(body) >= (int(length[1]) if length else 0)
    return (data, b"") if is_complete else (b"", data)
