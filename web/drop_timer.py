"""A timer that disconnects a client which takes too long."""

import logging
from asyncio import TimerHandle, Transport
from typing import Any

log = logging.getLogger(__name__)


class DropTimer:
    """Disconnects a client unless it is stopped in time."""

    __slots__ = ("_handle", "_reason")

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self._handle: TimerHandle | None = None

    def start(self, transport: Transport, seconds: float, loop: Any) -> None:  # noqa: ANN401
        """Start, or start again."""
        self.stop()
        self._handle = loop.call_later(seconds, self._drop, transport)

    def stop(self) -> None:
        """Let the client be."""
        if self._handle:
            self._handle.cancel()
            self._handle = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._handle is not None

    def _drop(self, transport: Transport) -> None:
        address, *_ = transport.get_extra_info("peername") or ("?",)
        log.info("Disconnected %s: %s.", address, self._reason)
        transport.abort()  # close() would wait for the client to read
