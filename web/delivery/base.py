"""What the delivery methods share: their table entry, a request, and a subscriber's life."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple, Protocol

from dialog import DialogError, Page
from web.access import Headers
from web.asgi_types import Event, Receive, Send
from web.delivery.hub import Group, Hub
from web.parameters import limit_from

HEARTBEAT = 20.0  # seconds; clients and proxies take a longer silence for a dead connection
SERVICE_RESTART = 1012  # a close code of WebSocket
CLOSE = "connection.close"  # our own event, beside those of ASGI: the subscriber ended the stream
DISCONNECTS = {"http.disconnect", "websocket.disconnect", CLOSE}


class Connection(Protocol):
    """A connection to write bytes to. uvicorn_protocols.py implements it."""

    subscriber: "ConnectionSubscriber | None"  # learns when the connection is writable or lost

    @property
    def is_full(self) -> bool:
        """Whether the client reads too slowly to be sent more for now."""

    def write(self, data: bytes, /) -> None:
        """Send bytes that are ready for the wire."""

    def respond(self, response: bytes, /) -> None:
        """Send a whole HTTP response. A WebSocket has none."""

    def end(self, code: int = SERVICE_RESTART) -> None:
        """End the HTTP response, or close the WebSocket with `code`."""


@dataclass(slots=True)
class Request:
    """A request to a delivery method that access control let pass."""

    args: Mapping[str, str]
    headers: Headers
    connection: Connection
    receive: Receive
    send: Send
    reserve: Callable[[], Callable[[], None]]  # counts a subscriber; returns what releases it

    @property
    def cursor(self) -> str | None:
        """The cursor to read after; None means from now on."""
        return self.args.get("after")

    @property
    def limit(self) -> int:
        """The most messages in one page. Raises ApiError."""
        return limit_from(self.args)

    async def disconnected(self) -> Event:
        """Return the event that ends the connection. Ignores what the client sends before it."""
        while (event := await self.receive())["type"] not in DISCONNECTS:
            pass
        return event


class Method(NamedTuple):
    """A delivery method, as the server and the page know it."""

    name: str  # in the page's address: ?delivery=NAME
    title: str
    sentence: str  # explains it to a reader of the page
    route: str
    serve: Callable[[Request, Hub], Awaitable[None]]
    scheme: str = "http"  # or "websocket"
    needs_task: bool = True  # False: `serve` only subscribes, and never suspends


class State(Enum):
    """The state of a subscriber."""

    WAITING = auto()
    PAUSED = auto()  # its client reads too slowly
    ENDED = auto()


class ConnectionSubscriber(ABC):
    """A subscriber of the hub on a connection. It is counted until it ends, however it ends."""

    limit: int
    timeout: float = HEARTBEAT
    deadline = 0.0
    group: Group | None = None
    state = State.WAITING

    def __init__(self, request: Request, hub: Hub) -> None:
        self.limit = request.limit  # read before the reservation, because it may be malformed
        self._hub = hub
        self._connection = request.connection
        self._release = request.reserve()
        self._connection.subscriber = self

    def end(self) -> None:
        """Leave the hub and the connection; a second call does nothing."""
        if self.state is not State.ENDED:
            self.state = State.ENDED
            self._hub.unsubscribe(self)
            self._connection.subscriber = None
            self._release()

    @abstractmethod
    def on_writable(self) -> None:
        """Continue, because the client reads again."""

    @abstractmethod
    def on_shutdown(self) -> None:
        """End, because the server shuts down."""

    @staticmethod
    @abstractmethod
    def encode(page: Page) -> bytes:
        """Return a page as it is sent over the connection."""

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Send an encoded page."""

    @abstractmethod
    def advance(self, cursor: str) -> bool:
        """Return whether to keep waiting, from `cursor` on."""

    @abstractmethod
    def fail(self, error: DialogError) -> None:
        """End, and tell the client why."""


class Stream(ConnectionSubscriber):
    """A subscriber that is sent page after page, for as long as its client reads them."""

    def __init__(self, request: Request, hub: Hub, cursor: str) -> None:
        super().__init__(request, hub)
        self.timeout = HEARTBEAT
        self._cursor = cursor

    def start(self) -> None:
        """Wait for the first page."""
        self._hub.subscribe([self], self._cursor)

    def send(self, data: bytes) -> None:
        """Send an encoded page."""
        self._connection.write(data)

    def advance(self, cursor: str) -> bool:
        """Return whether the client keeps up. If not, pause until it has read what was sent."""
        self._cursor = cursor
        if self.state is State.WAITING and self._connection.is_full:
            self.state = State.PAUSED
        return self.state is State.WAITING

    def on_writable(self) -> None:
        """Continue from where the subscriber paused."""
        if self.state is State.PAUSED:
            self.state = State.WAITING
            self.start()

    def on_shutdown(self) -> None:
        """End, so that the client connects again."""
        self.end()  # before the last bytes, because the hub must not send a page after them
        self.close()

    @abstractmethod
    def close(self) -> None:
        """End the stream as its protocol requires."""


async def first_cursor(request: Request, hub: Hub, cursor: str | None) -> str:
    """Return the cursor at which a stream starts.

    Raises DialogError now, because it cannot become an HTTP status once the response has begun.
    """
    if cursor is None:
        # Read in a thread, as the end of a file may be far from its last whole line.
        return await asyncio.to_thread(hub.dialog.end)
    await hub.read(cursor, request.limit)
    return cursor
