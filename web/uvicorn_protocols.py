"""Uvicorn's protocols, with two things that they lack.

An end to how long a client may take to speak and to listen: else whoever sends half a request or
reads no answer keeps a connection and its memory.

A line past ASGI for those who wait, to write bytes to that were made once for all of them: else
each message is parsed, checked and joined anew for each client. live.py finds it in the scope's
extensions.
"""

import logging
import re
from asyncio import BaseTransport, Event, Protocol, TimerHandle, Transport
from collections.abc import Callable, Mapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

log = logging.getLogger(__name__)

HEAD_TIME = 10.0  # seconds, for the head of a request
LONGEST_HEAD = 64 * 1024  # bytes; the parser has no limit of its own
NO_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
MESSAGES, WAIT, EVENTS = "/messages", "/messages/wait", "/messages/events"
POLL = re.compile(
    rb"GET (/messages(?:/wait)?)\?((?:(?!after=)[\w=.-]+&)*after=[\w=&.-]*) HTTP/1\.1\r\n"
)
AFTER = re.compile(rb"(?:^|&)after=")
NOBODY_WAITS = Event()
END = "line.end"  # an event of ours beside ASGI's
READ_TIME = 20.0  # seconds in which our buffer for a client does not empty: it does not read


def is_poll(scope: Mapping[str, Any]) -> bool:
    """Whether this asks for what comes after a cursor: to be answered without a task."""
    return (
        scope["type"] == "http"
        and scope["path"] in {MESSAGES, WAIT}
        and scope["method"] == "GET"
        and AFTER.search(scope["query_string"]) is not None
    )


class Timer:
    """Cuts a connection off when its time is over."""

    __slots__ = ("_handle", "_why")

    def __init__(self, why: str) -> None:
        self._why = why
        self._handle: TimerHandle | None = None

    def start(self, transport: Transport, seconds: float, loop: Any) -> None:  # noqa: ANN401
        """Begin to count."""
        self.stop()
        self._handle = loop.call_later(seconds, self._end, transport)

    def stop(self) -> None:
        """Count no more."""
        if self._handle:
            self._handle.cancel()
            self._handle = None

    @property
    def counts(self) -> bool:
        """Whether it was started and not stopped."""
        return self._handle is not None

    def _end(self, transport: Transport) -> None:
        address, *_ = transport.get_extra_info("peername") or ("?",)
        log.info("Dropped %s: %s.", address, self._why)
        transport.abort()  # close would first wait for it to read


class Patience(Protocol):
    """What both protocols have: an answer, or frames, read in time.

    `full` says that the client should get no more for now; `on_room` is called when it can again.
    `on_lost` is called when the client has left, `on_shutdown` when the server ends. `admitted` is
    the head of a request that was let in.
    """

    transport: Any
    loop: Any
    full = False
    on_room: Callable[[], object] | None = None
    on_lost: Callable[[], object] | None = None
    on_shutdown: Callable[[], object] | None = None
    admitted: list[tuple[bytes, bytes]] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # uvicorn's affair
        super().__init__(*args, **kwargs)
        self._full = Timer("it reads too slowly")

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self.full = True
        self._full.start(self.transport, READ_TIME, self.loop)

    def resume_writing(self) -> None:
        """Write on."""
        self._full.stop()
        self.full = False
        super().resume_writing()
        if self.on_room:
            self.on_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._full.stop()
        super().connection_lost(exc)
        if self.on_lost:
            self.on_lost()


class HttpLine:
    """Where the answer to one HTTP request goes, in bytes."""

    __slots__ = ("_cycle", "protocol")

    def __init__(self, protocol: "Http", cycle: RequestResponseCycle) -> None:
        self.protocol = protocol
        self._cycle = cycle

    def write(self, data: bytes) -> None:
        """Go on with the answer."""
        if not self._cycle.disconnected:
            self._cycle.transport.write(data)

    def answer(self, data: bytes) -> None:
        """Write a whole answer."""
        if not self._cycle.keep_alive:
            data = data.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        self.write(data)

    def end(self) -> None:
        """Be done with the request."""
        cycle = self._cycle
        if cycle.disconnected:
            return
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()  # the one who serves it learns that it is done
        if not cycle.keep_alive:
            cycle.transport.close()
        done, cycle.on_response = cycle.on_response, _nothing  # else the two refer to each other
        if self.protocol.pipeline:
            self.protocol.loop.call_soon(done)  # it begins the next one, which may end at once
        else:
            done()


def _nothing() -> None:
    pass


class Http(Patience, HttpToolsProtocol):
    """HTTP: a head in time, an answer read in time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # uvicorn's affair
        super().__init__(*args, **kwargs)
        self._head = Timer("no whole request in time")
        self._head_size: int | None = None  # while a head is coming in
        self._polled: bytes | None = None  # the head of the last poll, behind its first line

    def connection_made(self, transport: BaseTransport) -> None:
        """Wait for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._head.start(self.transport, HEAD_TIME, self.loop)

    def data_received(self, data: bytes) -> None:
        """Take in a piece of a request. A poll with the head of the last one needs no parser."""
        whole = data.find(b"\r\n\r\n") == len(data) - 4 and self._head_size is None
        poll = POLL.match(data) if whole and not self._served() else None
        if poll and data[poll.end() :] == self._polled:
            self._poll_again(poll)
            return
        super().data_received(data)
        self._polled = data[poll.end() :] if poll and not self.cycle.more_body else None
        if not self._served() and not self._head.counts and self.transport.get_protocol() is self:
            self._head.start(self.transport, HEAD_TIME, self.loop)
        if self._head_size is not None:
            self._head_size += len(data)
            if self._head_size > LONGEST_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

    def handle_websocket_upgrade(self) -> None:
        """Hand over to the other protocol, and leave nothing that refers to itself."""
        super().handle_websocket_upgrade()
        self.parser = None  # type: ignore[assignment]

    def _poll_again(self, poll: re.Match[bytes]) -> None:
        """Serve a poll as the parser would, which gave all but the query last time."""
        self._unset_keepalive_if_required()
        cycle, scope = self.cycle, self.cycle.scope
        scope["path"], scope["query_string"] = poll[1].decode(), poll[2]
        cycle.response_started = cycle.response_complete = False
        cycle.on_response = self.on_response_complete
        self._start_asgi_task(cycle, self.app)

    def _served(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        self._head_size = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Serve the request."""
        self._head_size = None
        self._head.stop()
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401
        """Serve a request. A poll needs no task: it is done when it waits."""
        scope: Any = cycle.scope
        poll = is_poll(scope)
        if poll or scope["path"] in {WAIT, EVENTS}:
            scope["extensions"] = {"line": HttpLine(self, cycle)}
        if not poll:
            super()._start_asgi_task(cycle, app)
            return
        cycle.message_event = NOBODY_WAITS  # one of its own takes 760 bytes
        try:
            app(scope, cycle.receive, cycle.send).send(None)
        except StopIteration:
            pass
        except Exception:
            log.exception("A request was dropped.")
            self.transport.close()

    def shutdown(self) -> None:
        """End, without waiting for the rest of a request."""
        super().shutdown()
        if self.on_shutdown:
            self.on_shutdown()
        elif self.cycle and self.cycle.more_body:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._head.stop()
        super().connection_lost(exc)


class Socket(Patience, WebSocketsSansIOProtocol):
    """WebSocket: frames read in time."""

    def handle_connect(self, event: Request) -> None:
        """Serve the handshake."""
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            self.scope["extensions"]["line"] = self  # type: ignore[assignment]

    def write(self, data: bytes) -> None:
        """Send a frame that is whole already."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(data)

    def end(self, code: int) -> None:
        """Let the one who serves it close it."""
        self.queue.put_nowait({"type": END, "code": code})  # type: ignore[typeddict-item]

    @property
    def protocol(self) -> "Socket":
        """What is full, and tells of room: itself."""
        return self

    def data_received(self, data: bytes) -> None:
        """Take in a piece. Uvicorn lets a request that is no handshake wait for good."""
        super().data_received(data)
        if self.conn.handshake_exc and not self.transport.is_closing():
            self.transport.write(NO_HANDSHAKE)
            self.transport.close()

    async def send(self, message: Any) -> None:  # noqa: ANN401
        """Send. A handshake that was refused with an answer is done: uvicorn would complain."""
        await super().send(message)
        if self.initial_response:
            self.handshake_complete = True
        elif message["type"] == "websocket.accept":
            # Some kilobytes, of no use any more.
            del self.request, self.response
            self.scope["headers"] = []
