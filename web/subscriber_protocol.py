"""What the HTTP and the WebSocket protocol share: a read time-out, and a subscriber."""

import logging
from asyncio import Protocol, TimerHandle, Transport
from typing import Any

from web.capacity import Capacity
from web.delivery.base import ConnectionSubscriber

log = logging.getLogger(__name__)

READ_TIMEOUT = 20.0  # seconds in which a client must read what we buffer for it


class DropTimer:
    """Disconnects a client unless it is stopped in time."""

    __slots__ = ("_handle", "_reason")

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self._handle: TimerHandle | None = None

    def start(self, transport: Transport, seconds: float, loop: Any) -> None:  # noqa: ANN401
        """Start the timer, or restart it."""
        self.stop()
        self._handle = loop.call_later(seconds, self._drop, transport)

    def stop(self) -> None:
        """Stop the timer."""
        if self._handle:
            self._handle.cancel()
            self._handle = None

    @property
    def is_running(self) -> bool:
        """Whether the timer was started and not stopped."""
        return self._handle is not None

    def _drop(self, transport: Transport) -> None:
        address, *_ = transport.get_extra_info("peername") or ("?",)
        log.info("Disconnected %s: %s.", address, self._reason)
        transport.abort()  # close() would wait for the client to read


class SubscriberProtocol(Protocol):
    """A protocol with a read time-out, and with a subscriber that it informs of changes."""

    transport: Any
    loop: Any
    client: tuple[str, int] | None
    app_state: dict[str, Any]
    is_full = False
    subscriber: ConnectionSubscriber | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # passed on to uvicorn
        super().__init__(*args, **kwargs)
        self._read_timer = DropTimer("it reads too slowly")

    def is_within_capacity(self) -> bool:
        """Count a new connection. Returns False, and disconnects it, if its client has too many."""
        if self._capacity.connect(self._address):
            return True
        log.info("Disconnected %s: it has too many connections.", self._address)
        self.transport.abort()
        return False

    def pause_writing(self) -> None:
        """Give the client READ_TIMEOUT seconds to read."""
        super().pause_writing()
        self.is_full = True
        self._read_timer.start(self.transport, READ_TIMEOUT, self.loop)
        if self.subscriber:
            self.subscriber.on_full()

    def resume_writing(self) -> None:
        """Let the subscriber continue."""
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
        self._capacity.disconnect(self._address)

    @property
    def _capacity(self) -> Capacity:
        """The limits of connections, which the application provides."""
        capacity: Capacity = self.app_state["capacity"]
        return capacity

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""
