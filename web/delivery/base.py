"""What the delivery methods share: their table entry, a request, and a subscriber's life."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple, Protocol

from dialog import DialogError, Page
from web.access import Headers
from web.asgi_types import Send
from web.delivery.hub import Group, Hub
from web.parameters import limit_from

HEARTBEAT = 20.0  # seconds; clients and proxies take a longer silence for a dead connection
SERVICE_RESTART = 1012  # a close code of WebSocket


class Transport(Protocol):
    """What asyncio writes to, which is ready for a tight loop."""

    def write(self, data: bytes, /) -> object:
        """Send bytes, unless the connection is lost."""

    def is_closing(self) -> bool:
        """Whether the connection is closing or lost."""


class Connection(Protocol):
    """A connection to write bytes to. HttpProtocol and WebSocketProtocol implement it."""

    transport: Transport
    subscriber: "ConnectionSubscriber | None"  # learns when the connection is full or lost

    @property
    def is_full(self) -> bool:
        """Whether the client reads too slowly to be sent more for now."""

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


class Method(NamedTuple):
    """A delivery method, as the server and the page know it."""

    name: str  # in the page's address: ?delivery=NAME
    title: str
    sentence: str  # explains it to a reader of the page
    route: str
    serve: Callable[[Request, Hub], Awaitable[None]]
    scheme: str = "http"  # or "websocket"
    needs_task: bool = True  # False: `serve` never suspends


class State(Enum):
    """The state of a stream."""

    STARTING = auto()
    WAITING = auto()
    PAUSED = auto()  # its client reads too slowly
    ENDED = auto()


class ConnectionSubscriber(ABC):
    """A subscriber of the hub on a connection. It is counted until it ends, however it ends.

    It lives without a task: the hub sends to it, and the connection tells it when it is lost.
    """

    __slots__ = ("_connection", "_hub", "_release", "deadline", "group", "limit", "send", "timeout")

    is_stream = False
    send: Callable[[bytes], object]

    def __init__(self, request: Request, hub: Hub) -> None:
        self.limit = request.limit  # read before the reservation, because it may be malformed
        self.timeout = HEARTBEAT
        self.deadline = 0.0
        self.group: Group | None = None
        self._hub = hub
        self._connection = request.connection
        self._release: Callable[[], None] | None = request.reserve()
        self._connection.subscriber = self

    def end(self) -> None:
        """Leave the hub and the connection; a second call does nothing."""
        if release := self._release:
            self._release = None
            self._hub.unsubscribe(self)
            self._connection.subscriber = None
            release()

    @abstractmethod
    def on_full(self) -> None:
        """Pause, because the client does not read."""

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
    def finish(self, cursor: str) -> None:
        """End after a page, because the client asks again from `cursor` on."""

    @abstractmethod
    def fail(self, error: DialogError) -> None:
        """End, and tell the client why."""


class Stream(ConnectionSubscriber):
    """A subscriber that is sent page after page, for as long as its client reads them."""

    __slots__ = ("_cursor", "_state")

    is_stream = True

    def __init__(self, request: Request, hub: Hub, cursor: str) -> None:
        super().__init__(request, hub)
        self.send = self._connection.transport.write
        self._cursor = cursor
        self._state = State.STARTING

    def start(self) -> None:
        """Wait for the first page, unless the client has left."""
        self._state = State.WAITING
        if self._connection.transport.is_closing():
            self.end()
        elif self._connection.is_full:
            self._state = State.PAUSED
        else:
            self._hub.subscribe(self, self._cursor)

    def end(self) -> None:
        """Leave the hub and the connection; a second call does nothing."""
        self._state = State.ENDED
        super().end()

    def on_full(self) -> None:
        """Leave the group, and remember its cursor."""
        if self.group and self.group.cursor:
            self._cursor = self.group.cursor
            self._hub.unsubscribe(self)
            self._state = State.PAUSED

    def on_writable(self) -> None:
        """Continue from where the subscriber paused."""
        if self._state is State.PAUSED:
            self.start()

    def on_shutdown(self) -> None:
        """End, so that the client connects again."""
        self.end()  # before the last bytes, because the hub must not send a page after them
        self.close()

    def finish(self, _: str) -> None:
        """Do nothing, because a stream goes on."""

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
