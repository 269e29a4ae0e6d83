"""The ways of waiting, as clients of places.py: what each is told, in bytes, and how it ends."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus

from websockets.frames import Frame, Opcode

from dialog import CursorGone, DialogError, Page
from web import api
from web.access import HEADERS
from web.delivery.hub import Place, Places
from web.uvicorn_protocols import HttpLine, Socket

SERVICE_RESTART = 1012  # close codes of WebSocket
GONE = 4410  # ours: what HTTP says with 410
HEARTBEAT = 20.0  # seconds; a stream that is silent for longer is taken for dead
LAST_CHUNK = b"0\r\n\r\n"


class Poll:
    """A client that polls: one answer within so many seconds, be it that there is nothing.

    `gone` is called once, when it waits no more.
    """

    __slots__ = ("_gone", "_line", "_places", "deadline", "patience", "place")

    def __init__(
        self, line: HttpLine, seconds: float, places: Places, gone: Callable[[], None]
    ) -> None:
        self.patience = seconds
        self.deadline = 0.0
        self.place: Place | None = None
        self._line = line
        self._places = places
        self._gone = gone
        line.protocol.on_lost = self._lost
        line.protocol.on_shutdown = self._shut_down

    @staticmethod
    def encode(page: Page) -> bytes:
        """Return the whole answer."""
        return whole(200, {}, page.json)

    def send(self, answer: bytes) -> None:
        """Answer."""
        self._line.answer(answer)

    def goes_on(self, _: str) -> bool:
        """End."""
        self._end()
        self._line.end()
        return False

    def refuse(self, error: DialogError) -> None:
        """Answer that there is no going on."""
        self._line.answer(refusal(api.refusal(error)))
        self._end()
        self._line.end()

    def _shut_down(self) -> None:
        if self.place:
            self._places.dismiss(self.place, [self])

    def _lost(self) -> None:
        self._places.leave(self)
        self._end()

    def _end(self) -> None:
        self._line.protocol.on_lost = self._line.protocol.on_shutdown = None
        self._gone()


class Stream(ABC):
    """A client that is told page after page, for as long as it reads them."""

    deadline = 0.0
    patience = HEARTBEAT
    place: Place | None = None

    def __init__(self, line: HttpLine | Socket, cursor: str, limit: int, places: Places) -> None:
        self._line = line
        self._cursor = cursor
        self._limit = limit
        self._places = places
        line.protocol.on_room = self.go_on
        line.protocol.on_shutdown = self._shut_down

    def go_on(self) -> None:
        """Wait for the next page, if it does not already."""
        if not self.place:
            self._places.join([self], self._cursor, self._limit)

    def send(self, encoded: bytes) -> None:
        """Send a page."""
        self._line.write(encoded)

    def goes_on(self, cursor: str) -> bool:
        """Whether it has room for more; if not, `go_on` is called when it has."""
        self._cursor = cursor
        return not self._line.protocol.full

    def leave(self) -> None:
        """Wait no more."""
        self._line.protocol.on_room = self._line.protocol.on_shutdown = None
        self._places.leave(self)

    def _shut_down(self) -> None:
        self.end(SERVICE_RESTART)

    @staticmethod
    @abstractmethod
    def encode(page: Page) -> bytes:
        """Return what goes over the line."""

    @abstractmethod
    def refuse(self, error: DialogError) -> None:
        """End, and say why."""

    @abstractmethod
    def end(self, code: int) -> None:
        """End."""


class Events(Stream):
    """A client of server-sent events. A page without messages is a beat."""

    _line: HttpLine

    @staticmethod
    def encode(page: Page) -> bytes:
        """Return an event."""
        return chunk(b"id: " + page.next.encode() + b"\ndata: " + page.json + b"\n\n")

    def refuse(self, error: DialogError) -> None:
        """Send why, as an event of its own kind."""
        self._line.write(chunk(b"event: refused\ndata: " + api.refusal(error).json + b"\n\n"))
        self.end(GONE)

    def end(self, _: int) -> None:
        """End the answer."""
        self._line.write(LAST_CHUNK)
        self._line.end()


class Frames(Stream):
    """A client on a WebSocket. What it sends is not looked at."""

    _line: Socket

    @staticmethod
    def encode(page: Page) -> bytes:
        """Return a frame."""
        return Frame(Opcode.TEXT, page.json).serialize(mask=False)

    def refuse(self, error: DialogError) -> None:
        """Close with a code that says why."""
        self.end(GONE if isinstance(error, CursorGone) else SERVICE_RESTART)

    def end(self, code: int) -> None:
        """Close."""
        self._line.end(code)


def whole(status: int, headers: dict[str, str], body: bytes) -> bytes:
    """Return a whole answer over HTTP, head and body."""
    headers = api.HEADERS | HEADERS | headers
    headers |= {"Content-Length": str(len(body)), "Date": formatdate(usegmt=True)}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{head}\r\n".encode() + body


def refusal(refused: api.Refused) -> bytes:
    """Return a whole answer that says no."""
    return whole(refused.status, refused.headers, refused.json)


def chunk(data: bytes) -> bytes:
    """Return a piece of an answer of unknown length."""
    return b"%x\r\n%s\r\n" % (len(data), data)
