"""Extends uvicorn with time-outs, size limits, pre-encoded bytes and fewer wake-ups.

A client that sends half a request, or does not read its response, is disconnected. Otherwise it
would keep a connection and its memory forever.

A delivery method writes pre-encoded bytes to `scope["extensions"]["connection"]`, past ASGI. So a
page is encoded once for all subscribers, which halves the cost of a delivery.

This is the only file that touches uvicorn's internals. RELIES_ON lists them.
"""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from types import FrameType
from typing import Any
from urllib.parse import unquote

import uvicorn
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser, parse_url
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from websockets.datastructures import Headers
from websockets.http11 import Request

from web.delivery import find_method
from web.request_head import head_without_upgrade
from web.request_size import RequestSize
from web.subscriber_protocol import DropTimer, SubscriberProtocol
from web.websocket_protocol import WebSocketProtocol

log = logging.getLogger(__name__)

TESTED_VERSION = "0.54.0"
RELIES_ON: dict[type, str] = {
    HttpToolsProtocol: "_should_upgrade _start_asgi_task _unset_keepalive_if_required app "
    "app_state client connections cycle handle_websocket_upgrade headers loop on_body "
    "on_headers_complete on_message_begin on_message_complete parser pipeline scheme scope "
    "send_400_response shutdown tasks transport url",
    RequestResponseCycle: "disconnected keep_alive more_body on_response receive "
    "response_complete response_started scope send transport",
    uvicorn.Server: "handle_exit main_loop on_tick should_exit",
}

HEAD_TIMEOUT = 10.0  # seconds for the head of a request
BODY_HEADERS = {b"content-length", b"transfer-encoding"}
TICK = 1.0  # seconds
MOST_UPGRADES = 10  # ignored in one piece of data


class HttpProtocol(SubscriberProtocol, HttpToolsProtocol):
    """HTTP with a time-out for the head of a request, and with responses from delivery methods."""

    # The request being answered. `cycle` is the last request that was parsed.
    _served: RequestResponseCycle = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # passed on to uvicorn
        super().__init__(*args, **kwargs)
        self._head_timer = DropTimer("it sent no whole request in time")
        self._size = RequestSize()
        self._in_head = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the client HEAD_TIMEOUT seconds for its first request, unless it has too many."""
        super().connection_made(transport)  # type: ignore[arg-type]
        if self.is_within_capacity():
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Parse a piece of a request, within the limits of time and size."""
        self._unset_keepalive_if_required()
        try:
            self._parse(data)
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        if not self._is_serving():
            self._await_head()
        if self._size.add(len(data)):
            self.send_400_response("The head of the request is too long.")

    def _await_head(self) -> None:
        """Give the client HEAD_TIMEOUT seconds for a whole head, unless they have begun."""
        if not self._head_timer.is_running:
            self._head_timer.start(self.transport, HEAD_TIMEOUT, self.loop)

    def _parse(self, data: bytes) -> None:
        for _ in range(MOST_UPGRADES):
            try:
                self.parser.feed_data(data)
                return
            except HttpParserUpgrade as upgrade:
                if self._should_upgrade():
                    self.handle_websocket_upgrade()
                    return
                # The parser stops here, and would take the body for the next request.
                (parsed,) = upgrade.args
                head = head_without_upgrade(self.parser, self.url, self.headers)
                data = head + data[parsed:]
                self.parser = HttpRequestParser(self)
        self.send_400_response("Too many upgrades, or CONNECT, which only proxies serve.")

    def _is_serving(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _stops_at_upgrade(self) -> bool:
        return bool(self.parser.should_upgrade()) and not self._should_upgrade()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, and keep nothing that refers back to this object."""
        if self._is_serving():
            self.transport.close()  # the response under way could never end
            return
        names = {name for name, _ in self.headers}
        if self.scope["method"] != "GET" or names & BODY_HEADERS:
            self.send_400_response("The handshake of a WebSocket is a GET without a body.")
            return
        url = parse_url(self.url)
        path, query = unquote(url.path.decode("latin-1")), url.query or b""
        scheme = "wss" if self.scheme == "https" else "ws"
        scope: Any = self.scope
        scope |= {"type": "websocket", "scheme": scheme, "path": path, "query_string": query}
        headers = Headers((k.decode("latin-1"), v.decode("latin-1")) for k, v in self.headers)
        request = Request(self.url.decode("latin-1"), headers)
        self.connections.discard(self)
        websocket = WebSocketProtocol(self.transport, self.client, self.app_state, self.connections)
        self.transport.set_protocol(websocket)
        self.parser = None  # type: ignore[assignment]
        websocket.shake_hands(request, self.app, scope)

    def on_message_begin(self) -> None:
        """Start counting the bytes of a request."""
        self._in_head = True
        self._size.begin()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Serve the request, unless the parser stops here."""
        self._in_head = False
        self._head_timer.stop()
        if self._stops_at_upgrade():
            return
        super().on_headers_complete()
        if not self.parser.should_upgrade():
            self.headers = []  # for the trailers, which are no headers of the request

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        self._size.add_body(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop counting the bytes of the request."""
        self._size.end()
        if not self._stops_at_upgrade():
            super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401
        """Serve a request. A delivery method responds past ASGI, and may need no task for that."""
        scope: Any = cycle.scope
        self._served = cycle
        method = find_method(scope)
        if method is None:
            super()._start_asgi_task(cycle, app)
            return
        scope["extensions"] = {"connection": self}
        handler = app(scope, cycle.receive, cycle.send)
        if method.needs_task:
            task = self.loop.create_task(self._deliver(handler))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            return
        try:
            handler.send(None)  # runs to its end
        except StopIteration:
            pass
        except Exception:
            self._drop()

    async def _deliver(self, handler: Awaitable[None]) -> None:
        try:
            await handler
        except Exception:
            self._drop()

    def _drop(self) -> None:
        log.exception("A request was dropped.")
        self.transport.close()

    def respond(self, response: bytes) -> None:
        """Send a whole response."""
        if not self._served.keep_alive:
            response = response.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        if not self._served.disconnected:
            self.transport.write(response)

    def end(self, _: int = 0) -> None:
        """End the response, and let uvicorn continue with the next request."""
        cycle = self._served
        if cycle.disconnected:
            return
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        # Otherwise cycle and protocol would keep each other alive.
        on_response, cycle.on_response = cycle.on_response, lambda: None
        if self.pipeline:
            self.loop.call_soon(on_response)  # it may answer the next request at once
        else:
            on_response()

    def shutdown(self) -> None:
        """End without waiting for the rest of a request."""
        super().shutdown()
        if self.subscriber:
            self.subscriber.on_shutdown()
        elif self.cycle and self.cycle.more_body:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer, and end the request being answered."""
        self._head_timer.stop()
        if self._served:  # uvicorn ends only the last request that was parsed
            self._served.disconnected = True
        super().connection_lost(exc)


class Server(uvicorn.Server):
    """A server that ends the same way after several signals as after the first."""

    _loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Wake once a second, for the Date header, and at once to exit.

        uvicorn wakes ten times a second, which is a tenth of the cost of 1,000 subscribers.
        """
        self._loop = asyncio.get_running_loop()
        self._exiting = asyncio.Event()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._exiting.wait(), TICK)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to exit. uvicorn would cancel the cleanup on a second Ctrl-C, with a traceback."""
        if not self.should_exit:
            super().handle_exit(sig, frame)
            if self._loop:
                self._loop.call_soon_threadsafe(self._exiting.set)
