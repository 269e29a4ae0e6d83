"""Extends uvicorn's WebSocket protocol with limits, pre-encoded frames and one timer for pings.

After the handshake a WebSocket has no task, no queue and no request, because its client only has to
answer pings. RELIES_ON in uvicorn_protocols.py lists what this needs of uvicorn.
"""

import logging
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request

from web.allowance import Allowance
from web.delivery.base import SERVICE_RESTART
from web.keepalive import Keepalive
from web.subscriber_protocol import SubscriberProtocol

log = logging.getLogger(__name__)

BYTES_AT_ONCE, BYTES_PER_SECOND = 16 * 1024, 1024  # from a client
PING = Frame(Opcode.PING, b"").serialize(mask=False)
BAD_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class _NoQueue:
    """Stands for the queue of a WebSocket that has no task to receive its events."""

    def put_nowait(self, _: object) -> None:
        """Drop an event."""


NO_QUEUE: Any = _NoQueue()


_keepalive = Keepalive()  # of all WebSockets of this process


class WebSocketProtocol(SubscriberProtocol, WebSocketsSansIOProtocol):
    """A WebSocket that a delivery method writes frames to."""

    is_alive = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # passed on to uvicorn
        super().__init__(*args, **kwargs)
        self._allowance = Allowance(BYTES_AT_ONCE, BYTES_PER_SECOND, self.loop.time())

    def handle_connect(self, event: Request) -> None:
        """Serve the handshake."""
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            self.scope["extensions"]["connection"] = self  # type: ignore[assignment]

    def start_keepalive(self) -> None:
        """Ping the client regularly. uvicorn would start timers for each WebSocket."""
        if self.config.ws_ping_interval:
            _keepalive.add(self, self.config.ws_ping_interval)

    def stop_keepalive(self) -> None:
        """Ping the client no more."""
        _keepalive.remove(self)

    def ping(self) -> None:
        """Ask the client for a sign of life."""
        if not self.close_sent:
            self.transport.write(PING)

    def drop(self) -> None:
        """Disconnect, because the client does not answer."""
        self._close_with(CloseCode.INTERNAL_ERROR, "The client does not answer pings.")

    async def run_asgi(self) -> None:
        """Serve the handshake. From then on a subscriber has the connection, without a task."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except Exception:
            log.exception("A WebSocket was dropped.")
            self.transport.close()

    def write(self, data: bytes) -> None:
        """Send a frame."""
        self.transport.write(data)

    def end(self, code: int = SERVICE_RESTART) -> None:
        """Close the WebSocket, and give the client some seconds to confirm it."""
        if not self.close_sent and not self.transport.is_closing():
            self.conn.send_close(code)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)

    def send_receive_event_to_app(self) -> None:
        """Drop a message of the client, because no task receives it."""
        self.frames = []

    def respond(self, _: bytes) -> None:
        """Raise TypeError, because a WebSocket has no HTTP response."""
        raise TypeError

    def data_received(self, data: bytes) -> None:
        """Parse frames. Reject a request without a handshake, which uvicorn would not answer."""
        self.is_alive = True
        if self.handshake_complete and not self._allowance.spend(len(data), self.loop.time()):
            self._close_with(CloseCode.POLICY_VIOLATION, "The client sends too much.")
            return
        super().data_received(data)
        if self.conn.handshake_exc and not self.transport.is_closing():
            self.transport.write(BAD_HANDSHAKE)
            self.transport.close()

    def _close_with(self, code: int, reason: str) -> None:
        if not self.close_sent and not self.transport.is_closing():
            self.conn.fail(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.transport.close()

    async def send(self, message: Any) -> None:  # noqa: ANN401
        """Send an ASGI event, and keep nothing of the request after the handshake."""
        await super().send(message)
        if self.initial_response:
            self.handshake_complete = True  # or uvicorn would log the refused handshake as an error
        elif message["type"] == "websocket.accept":
            del self.request, self.response, self.scope  # some kilobytes
            self.queue = NO_QUEUE
