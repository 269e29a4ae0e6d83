"""Uvicorn's protocols, with an end to how long a client may take to speak and to listen.

Without it, whoever sends half a request or reads no answer keeps a connection and its memory.
"""

import logging
from asyncio import BaseTransport, Protocol, TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

log = logging.getLogger(__name__)

HEAD_TIME = 10.0  # seconds, for the head of a request
LONGEST_HEAD = 64 * 1024  # bytes; the parser has no limit of its own
NO_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
READ_TIME = 20.0  # seconds in which our buffer for a client does not empty: it does not read


class Timer:
    """Cuts a connection off when its time is over."""

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

    def _end(self, transport: Transport) -> None:
        address, *_ = transport.get_extra_info("peername") or ("?",)
        log.info("Dropped %s: %s.", address, self._why)
        transport.abort()  # close would first wait for it to read


class Patience(Protocol):
    """What both protocols have: an answer, or frames, read in time."""

    transport: Any
    loop: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # uvicorn's affair
        super().__init__(*args, **kwargs)
        self._full = Timer("it reads too slowly")

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._full.start(self.transport, READ_TIME, self.loop)

    def resume_writing(self) -> None:
        """Write on."""
        self._full.stop()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._full.stop()
        super().connection_lost(exc)


class Http(Patience, HttpToolsProtocol):
    """HTTP: a head in time, an answer read in time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # uvicorn's affair
        super().__init__(*args, **kwargs)
        self._head = Timer("no whole request in time")
        self._head_size: int | None = None  # while a head is coming in

    def connection_made(self, transport: BaseTransport) -> None:
        """Wait for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._head.start(self.transport, HEAD_TIME, self.loop)

    def data_received(self, data: bytes) -> None:
        """Take in a piece of a request."""
        super().data_received(data)
        if self._head_size is not None:
            self._head_size += len(data)
            if self._head_size > LONGEST_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        self._head_size = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Serve the request."""
        self._head_size = None
        self._head.stop()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it is here already."""
        if not self.pipeline:
            self._head.start(self.transport, HEAD_TIME, self.loop)
        super().on_response_complete()

    def shutdown(self) -> None:
        """End, without waiting for the rest of a request."""
        super().shutdown()
        if self.cycle and self.cycle.more_body:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._head.stop()
        super().connection_lost(exc)


class Socket(Patience, WebSocketsSansIOProtocol):
    """WebSocket: frames read in time."""

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
