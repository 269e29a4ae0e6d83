"""A WebSocket connection, on the protocol without I/O of the library `websockets`.

After the handshake it has no task, no queue and no timer of its own, because its client only has
to answer pings. Frames from the client are checked and dropped.
"""

import asyncio
import logging
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from websockets.datastructures import Headers
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from web.access import SECURITY_HEADERS
from web.allowance import Allowance
from web.asgi_types import Application, Event, Scope
from web.delivery.base import SERVICE_RESTART
from web.keepalive import Keepalive
from web.posts import LARGEST_BODY
from web.subscriber_protocol import SubscriberProtocol

log = logging.getLogger(__name__)

PING_INTERVAL = 20.0  # seconds between two pings, and for the answer to one
CLOSE_TIMEOUT = 10.0  # seconds for the client to confirm that the WebSocket closes
BYTES_AT_ONCE, BYTES_PER_SECOND = 4096, 512  # from a client, which only has to pong
ERRORS = logging.getLogger(f"{__name__}.errors")  # of the library, which logs each connection
ERRORS.setLevel(logging.WARNING)
PING = Frame(Opcode.PING, b"").serialize(mask=False)

_keepalive = Keepalive()  # of all WebSockets of this process


class WebSocketProtocol(SubscriberProtocol):
    """A WebSocket that a delivery method writes frames to.

    It takes over a connection of HTTP, and is in `connections` until that is lost.
    """

    is_alive = True

    def __init__(
        self,
        transport: asyncio.Transport,
        client: tuple[str, int] | None,
        app_state: dict[str, Any],
        connections: set[Any],
    ) -> None:
        super().__init__()
        self.transport = transport
        self.client = client
        self.app_state = app_state
        self.loop = asyncio.get_running_loop()
        self._websocket = ServerProtocol(logger=ERRORS)  # until the handshake is over
        self._allowance = Allowance(BYTES_AT_ONCE, BYTES_PER_SECOND, self.loop.time())
        self._connections = connections
        connections.add(self)

    def shake_hands(self, request: Request, app: Application, scope: Scope) -> None:
        """Reject a request that is no handshake, or let the application respond to it."""
        response = self._websocket.accept(request)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._reject(response)
            return
        self.transport.pause_reading()  # frames before the response are not counted
        scope["extensions"] = {"connection": self}
        self._task = self.loop.create_task(self._serve(app, scope, response))

    async def _serve(self, app: Application, scope: Scope, response: Response) -> None:
        async def receive() -> Event:
            return {"type": "websocket.connect"}

        async def send(event: Event) -> None:
            nonlocal response
            if self.transport.is_closing():
                return
            if event["type"] == "websocket.accept":
                self._respond(response)
                self._websocket = ServerProtocol(
                    state=State.OPEN, max_size=LARGEST_BODY, logger=ERRORS
                )
                self.transport.resume_reading()
                _keepalive.add(self, PING_INTERVAL)
            elif event["type"] == "websocket.http.response.start":
                headers = Headers(Date=formatdate(usegmt=True), Connection="close")
                for name, value in event["headers"]:
                    headers[name.decode()] = value.decode()
                status = HTTPStatus(event["status"])
                response = Response(status, status.phrase, headers)
            else:
                response.body = event["body"]
                self._reject(response)

        try:
            await app(scope, receive, send)
        except Exception:
            log.exception("A WebSocket was dropped.")
            self.transport.close()
        finally:
            del self._task

    def _respond(self, response: Response) -> None:
        response.headers.update(SECURITY_HEADERS)
        self.transport.write(response.serialize())

    def _reject(self, response: Response) -> None:
        self._respond(response)
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Answer pings and the end of the WebSocket. Drop everything else."""
        self.is_alive = True
        if self._is_open and not self._allowance.spend(len(data), self.loop.time()):
            self._fail(CloseCode.POLICY_VIOLATION, "The client sends too much.")
            return
        self._websocket.receive_data(data)
        self._websocket.events_received()
        self._flush()

    def ping(self) -> None:
        """Ask the client for a sign of life."""
        if self._is_open:
            self.transport.write(PING)

    def drop(self) -> None:
        """Disconnect, because the client does not answer."""
        self._fail(CloseCode.INTERNAL_ERROR, "The client does not answer pings.")

    def respond(self, _: bytes) -> None:
        """Raise TypeError, because a WebSocket has no HTTP response."""
        raise TypeError

    def end(self, code: int = SERVICE_RESTART) -> None:
        """Close the WebSocket, and give the client CLOSE_TIMEOUT seconds to confirm it."""
        if self._is_open:
            self._websocket.send_close(code)
            self._flush()
            self.loop.call_later(CLOSE_TIMEOUT, self.transport.close)

    def shutdown(self) -> None:
        """Close without waiting for the client, because the server shuts down."""
        self.end()
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ping the client no more, and end its subscriber."""
        _keepalive.remove(self)
        self._connections.discard(self)
        super().connection_lost(exc)

    @property
    def _is_open(self) -> bool:
        return self._websocket.state is State.OPEN

    def _fail(self, code: int, reason: str) -> None:
        self._websocket.fail(code, reason)
        self._flush()

    def _flush(self) -> None:
        """Write what the protocol has to send. Empty data ends the connection."""
        for data in self._websocket.data_to_send():
            if not data:
                self.transport.close()
            elif not self.transport.is_closing():
                self.transport.write(data)
