"""Uvicorn's two protocols with what they lack: time-outs, and bytes past ASGI.

A client that sends half a request, or does not read its response, is disconnected. Otherwise it
would keep a connection and its memory for good.

Lets a delivery method write pre-encoded bytes straight to the transport, so a page is encoded once
for all subscribers. `scope["extensions"]["connection"]` is what it writes to. This halves the
processor time of a delivery.

This is the only file that touches uvicorn's internals. RELIES_ON lists them.
"""

import logging
from asyncio import BaseTransport, Protocol
from typing import Any

import uvicorn
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from web.delivery import find_method
from web.delivery.base import CLOSE, SERVICE_RESTART, ConnectionSubscriber
from web.drop_timer import DropTimer
from web.request_head import head_without_upgrade
from web.request_size import RequestSize

log = logging.getLogger(__name__)

TESTED_VERSION = "0.54.0"
RELIES_ON: dict[type, str] = {
    HttpToolsProtocol: "_should_upgrade _start_asgi_task _unset_keepalive_if_required cycle "
    "handle_websocket_upgrade headers loop on_body on_header on_headers_complete on_message_begin "
    "on_message_complete parser pipeline send_400_response shutdown transport url",
    RequestResponseCycle: "disconnected keep_alive message_event more_body on_response receive "
    "response_complete response_started scope send transport",
    WebSocketsSansIOProtocol: "close_sent conn handle_connect handshake_complete "
    "handshake_initiated initial_response loop queue request response scope send transport",
}

HEAD_TIMEOUT = 10.0  # seconds for the head of a request
READ_TIMEOUT = 20.0  # seconds in which a client must read what we buffer for it
BYTES_AT_ONCE = 16 * 1024  # from the client of a WebSocket, which has nothing to say but pongs
BYTES_PER_SECOND = 1024
POLICY_VIOLATION = 1008  # a close code of WebSocket
BAD_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def version_warning() -> str | None:
    """Return a sentence if another uvicorn runs than the one that this file was tested with."""
    if uvicorn.__version__ == TESTED_VERSION:
        return None
    return (
        f"This server was tested with uvicorn {TESTED_VERSION}, but {uvicorn.__version__} is "
        "installed: delivery may fail. Install requirements.txt."
    )


class SubscriberProtocol(Protocol):
    """What both protocols have: a time-out for reading, and a subscriber that hears of changes."""

    transport: Any
    loop: Any
    is_full = False
    subscriber: ConnectionSubscriber | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # passed on to uvicorn
        super().__init__(*args, **kwargs)
        self._read_timer = DropTimer("it reads too slowly")

    def pause_writing(self) -> None:
        """Give the client READ_TIMEOUT seconds to read."""
        super().pause_writing()
        self.is_full = True
        self._read_timer.start(self.transport, READ_TIMEOUT, self.loop)

    def resume_writing(self) -> None:
        """Let the subscriber go on."""
        self._read_timer.stop()
        self.is_full = False
        super().resume_writing()
        if self.subscriber:
            self.subscriber.on_writable()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the subscriber, whatever happened on the connection."""
        self._read_timer.stop()
        super().connection_lost(exc)
        if self.subscriber:
            self.subscriber.end()


class HttpConnection:
    """Where a delivery method writes the response to one HTTP request."""

    __slots__ = ("_cycle", "_protocol")

    def __init__(self, protocol: "HttpProtocol", cycle: RequestResponseCycle) -> None:
        self._protocol = protocol
        self._cycle = cycle

    @property
    def is_full(self) -> bool:
        """Whether the client reads too slowly to be sent more for now."""
        return self._protocol.is_full

    @property
    def subscriber(self) -> ConnectionSubscriber | None:
        """The subscriber that hears of changes on this connection."""
        return self._protocol.subscriber

    @subscriber.setter
    def subscriber(self, subscriber: ConnectionSubscriber | None) -> None:
        self._protocol.subscriber = subscriber

    def write(self, data: bytes) -> None:
        """Send bytes of a response."""
        if not self._cycle.disconnected:
            self._cycle.transport.write(data)

    def respond(self, response: bytes) -> None:
        """Send a whole response."""
        if not self._cycle.keep_alive:
            response = response.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        self.write(response)

    def end(self, _: int = 0) -> None:
        """End the response, and let uvicorn go on with the next request."""
        cycle = self._cycle
        if cycle.disconnected:
            return
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()  # a task that waits in receive() gets http.disconnect
        if not cycle.keep_alive:
            cycle.transport.close()
        # Cycle and protocol would refer to each other until a garbage collection otherwise.
        on_response, cycle.on_response = cycle.on_response, _do_nothing
        if self._protocol.pipeline:
            self._protocol.loop.call_soon(on_response)  # it may answer the next request at once
        else:
            on_response()


def _do_nothing() -> None:
    pass


class HttpProtocol(SubscriberProtocol, HttpToolsProtocol):
    """HTTP with a time-out for the head of a request, and with delivery methods."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # passed on to uvicorn
        super().__init__(*args, **kwargs)
        self._head_timer = DropTimer("it sent no whole request in time")
        self._size = RequestSize()
        self._in_head = False

    def connection_made(self, transport: BaseTransport) -> None:
        """Give the client HEAD_TIMEOUT seconds for its first request."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._head_timer.start(self.transport, HEAD_TIMEOUT, self.loop)

    def data_received(self, data: bytes) -> None:
        """Parse a piece of a request, within the limits of time and size."""
        self._unset_keepalive_if_required()
        try:
            self._parse(data)
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        if not self._is_serving() and not self._head_timer.is_running:
            self._head_timer.start(self.transport, HEAD_TIMEOUT, self.loop)
        if self._size.add(len(data)):
            self.send_400_response("The head of the request is too long.")

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
            elif self.parser.get_method() == b"CONNECT":
                self.send_400_response("This server is not a proxy.")
            else:
                # The parser stops here, and would take the body for the next request.
                (parsed,) = upgrade.args
                method, version = self.parser.get_method(), self.parser.get_http_version()
                head = head_without_upgrade(method, self.url, version, self.headers)
                self.parser = HttpRequestParser(self)
                self._parse(head + data[parsed:])

    def _is_serving(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _stops_at_upgrade(self) -> bool:
        return bool(self.parser.should_upgrade()) and not self._should_upgrade()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, and keep nothing that refers back to this object."""
        if self._is_serving():
            self.transport.close()  # a response is under way, and it could never end
            return
        super().handle_websocket_upgrade()
        self.parser = None  # type: ignore[assignment]

    def on_message_begin(self) -> None:
        """Start to count the bytes of a request."""
        self._in_head = True
        self._size.begin()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header. A trailer is dropped, as nothing here expects one."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Serve the request, unless the parser stops here."""
        self._in_head = False
        self._head_timer.stop()
        if not self._stops_at_upgrade():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        self._size.add_body(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop to count the bytes of the request."""
        self._size.end()
        if not self._stops_at_upgrade():
            super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401
        """Serve a request. A poll gets no task, because its handler only subscribes."""
        scope: Any = cycle.scope
        method = find_method(scope)
        if method:
            scope["extensions"] = {"connection": HttpConnection(self, cycle)}
        if method is None or method.needs_task:
            super()._start_asgi_task(cycle, app)
            return
        try:
            app(scope, cycle.receive, cycle.send).send(None)  # runs to its end, without a task
        except StopIteration:
            pass
        except Exception:
            log.exception("A request was dropped.")
            self.transport.close()

    def shutdown(self) -> None:
        """End, without waiting for the rest of a request."""
        super().shutdown()
        if self.subscriber:
            self.subscriber.on_shutdown()
        elif self.cycle and self.cycle.more_body:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time-out."""
        self._head_timer.stop()
        super().connection_lost(exc)


class WebSocketProtocol(SubscriberProtocol, WebSocketsSansIOProtocol):
    """A WebSocket that a delivery method writes frames to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # passed on to uvicorn
        super().__init__(*args, **kwargs)
        self._allowance = float(BYTES_AT_ONCE)
        self._allowance_at = self.loop.time()

    def handle_connect(self, event: Request) -> None:
        """Serve the handshake."""
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            self.scope["extensions"]["connection"] = self  # type: ignore[assignment]

    def write(self, data: bytes) -> None:
        """Send a frame."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(data)

    def end(self, code: int = SERVICE_RESTART) -> None:
        """Let the task that serves this WebSocket close it."""
        self.queue.put_nowait({"type": CLOSE, "code": code})  # type: ignore[typeddict-item]

    def respond(self, _: bytes) -> None:
        """Raise TypeError, because a WebSocket has no HTTP response."""
        raise TypeError

    def data_received(self, data: bytes) -> None:
        """Parse frames. Uvicorn would never answer a request that is not a handshake."""
        if self.handshake_complete and not self._may_receive(len(data)):
            return
        super().data_received(data)
        if self.conn.handshake_exc and not self.transport.is_closing():
            self.transport.write(BAD_HANDSHAKE)
            self.transport.close()

    def _may_receive(self, size: int) -> bool:
        """Return whether the client may send so many bytes. If not, close the WebSocket."""
        now = self.loop.time()
        self._allowance += (now - self._allowance_at) * BYTES_PER_SECOND
        self._allowance = min(self._allowance, BYTES_AT_ONCE) - size
        self._allowance_at = now
        if self._allowance < 0 and not self.close_sent and not self.transport.is_closing():
            self.conn.fail(POLICY_VIOLATION, "This WebSocket only sends messages.")
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.transport.close()
        return self._allowance >= 0

    async def send(self, message: Any) -> None:  # noqa: ANN401
        """Send an ASGI event, and keep nothing of the request after the handshake."""
        await super().send(message)
        if self.initial_response:
            self.handshake_complete = True  # uvicorn would complain about a refused handshake
        elif message["type"] == "websocket.accept":
            del self.request, self.response  # some kilobytes
            self.scope["headers"] = []
