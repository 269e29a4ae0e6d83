"""A client of the delivery methods, on a connection in memory, that checks every page it gets.

Its promise: it receives each message after its cursor once and in order, or an error that says why
not. A page without messages comes only when its timeout is over.
"""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from dialog import DialogError
from tests.proofs.memory_dialog import MemoryDialog, parse
from tests.proofs.seeded_loop import SeededLoop
from web.asgi_types import Event
from web.delivery.base import (
    HEARTBEAT,
    SERVICE_RESTART,
    ConnectionSubscriber,
    Method,
    Request,
    Transport,
)
from web.delivery.hub import Hub
from web.errors import ApiError, api_error
from web.parameters import timeout_from

CHANCE_OF_FULL = 0.2  # that a client has no room for more after a page


class Reader:
    """A client that has at most one connection at a time, and goes on from its cursor."""

    def __init__(self, number: int, dialog: MemoryDialog, loop: SeededLoop, random: Random) -> None:
        self.number = number
        self.cursor: str | None = None
        self.connection: MemoryConnection | None = None
        self.received: list[str] = []
        self.violations: list[str] = []
        self.dialog, self.loop, self.random = dialog, loop, random

    def fail(self, violation: str) -> None:
        self.violations.append(f"reader {self.number}: {violation}")

    def connect(self, hub: Hub, method: Method, args: dict[str, str]) -> None:
        """Send a request for what follows the cursor, or for what follows now."""
        if self.cursor:
            args = args | {"after": self.cursor}
        self.connection = MemoryConnection(self, method, args)
        self.connection.serve(hub)


class MemoryConnection:
    """The connection of one request, as web/uvicorn_protocols.py would provide it."""

    def __init__(self, reader: Reader, method: Method, args: dict[str, str]) -> None:
        self.reader, self.method, self.args = reader, method, args
        self.subscriber: ConnectionSubscriber | None = None
        self.is_full = False
        self.is_over = False  # the server ended it
        self.is_lost = False  # the client left
        self.is_shut_down = False
        self.places = 0
        self.timeout = HEARTBEAT
        if method.name == "long-polling":
            self.timeout = timeout_from(args)
        if method.name == "polling":
            self.timeout = 0.0
        self.started = self.waiting_since = reader.loop.time()
        self.start_position = reader.dialog.end_position
        self.was_broken = reader.dialog.is_broken
        self.transport: Transport = self  # a page is written to the transport itself

    # The request.

    def serve(self, hub: Hub) -> None:
        """Let the delivery method serve the request, in a task if it needs one."""
        request = Request(self.args, {}, self, self.send, self.reserve)
        handler = self._handle(request, hub)
        if self.method.needs_task:
            self.reader.loop.create_task(handler)
            return
        try:
            handler.send(None)
        except StopIteration:
            return
        self.reader.fail("a method without a task suspended")

    async def _handle(self, request: Request, hub: Hub) -> None:
        try:
            await self.method.serve(request, hub)
        except (ApiError, DialogError) as error:
            self.refuse(api_error(error).code)

    def is_closing(self) -> bool:
        return self.is_over or self.is_lost

    async def send(self, event: Event) -> None:
        if event["type"] in {"http.response.start", "websocket.accept"}:
            self.waiting_since = self.reader.loop.time()

    def reserve(self) -> Callable[[], None]:
        self.places += 1

        def give_back() -> None:
            self.places -= 1

        return give_back

    # What happens to the connection.

    def leave(self) -> None:
        """Close the connection from the client's side."""
        self.is_lost = True
        if self.subscriber:
            self.subscriber.end()

    def shut_down(self) -> None:
        """Do what the server does on SIGTERM."""
        if self.subscriber:
            self.is_shut_down = True
            self.subscriber.on_shutdown()

    def resume(self) -> None:
        """Read what the server sent, so that there is room for more."""
        self.is_full = False
        self.waiting_since = self.reader.loop.time()
        if self.subscriber:
            self.subscriber.on_writable()

    # What the delivery method calls.

    def write(self, data: bytes) -> None:
        """Take bytes of a stream: a page, an error, or neither."""
        if self.method.scheme == "websocket":
            self.take(json.loads(data[data.index(b"{") :]))
        elif b"event: refused" in data:
            self.refuse(
                json.loads(data.partition(b"data: ")[2].partition(b"\n")[0])["error"]["code"]
            )
        elif b"data: " in data:
            self.take(json.loads(data.partition(b"data: ")[2].partition(b"\n")[0]))

    def respond(self, response: bytes) -> None:
        """Take a whole response: a page, or an error."""
        head, _, body = response.partition(b"\r\n\r\n")
        answer = json.loads(body)
        if head.startswith(b"HTTP/1.1 200"):
            self.take(answer)
        else:
            self.refuse(answer["error"]["code"])

    def end(self, code: int = SERVICE_RESTART) -> None:
        """End the response, or close the WebSocket with `code`."""
        if self.method.scheme == "websocket" and not self.is_over:
            if code != SERVICE_RESTART:
                self.refuse("cursor_gone")
            elif not self.is_shut_down:
                self.reader.fail("its WebSocket was closed without a reason")
        self.is_over = True

    # Checks.

    def take(self, page: dict[str, Any]) -> None:
        """Check a page, and go on from its end."""
        reader = self.reader
        if self.is_lost or self.is_over:
            reader.fail("a page after its end")
        if self.is_full:
            reader.fail("a page while it had no room")
        texts = [message["text"] for message in page["messages"]]
        self._check_messages(texts, page["next"])
        if not texts and not self.is_shut_down:
            self._check_empty(page["next"])
        reader.received += texts
        reader.cursor = page["next"]
        self.waiting_since = reader.loop.time()
        if self.method.needs_task and reader.random.random() < CHANCE_OF_FULL:
            self.is_full = True
            if self.subscriber:
                self.subscriber.on_full()

    def _check_messages(self, texts: list[str], cursor: str) -> None:
        dialog = self.reader.dialog
        generation, stop = parse(cursor)
        known = self.reader.cursor is not None
        first = parse(self.reader.cursor) if self.reader.cursor else self.start_position
        if known and first[0] != generation:
            self.reader.fail("went on in a replaced dialog")
            return
        start = first[1] if first[0] == generation else 0
        expected = dialog.texts(generation, start, stop)
        if not known:  # now began after the request, perhaps some messages later
            expected = expected[len(expected) - len(texts) :]
        if stop < start or texts != expected:
            self.reader.fail(f"{texts} came instead of {expected}")

    def _check_empty(self, cursor: str) -> None:
        if self.reader.loop.time() < self.waiting_since + self.timeout:
            self.reader.fail("an empty page before its timeout")
        if self.method.name == "polling" and self.reader.cursor:
            generation, stop = parse(cursor)
            began, end = self.start_position
            if began == generation and self.reader.dialog.texts(generation, stop, end):
                self.reader.fail("a poll missed messages from before its request")

    def refuse(self, code: str) -> None:
        """Check an error. The connection is over."""
        if self.is_lost:
            return
        self.is_over = True
        reader, dialog = self.reader, self.reader.dialog
        if code == "cursor_gone":
            if reader.cursor and parse(reader.cursor)[0] == dialog.generation:
                reader.fail("a valid cursor was refused")
            reader.cursor = "{}-{}".format(*dialog.end_position)  # it loads the log again
        elif code == "unavailable":
            if not self.was_broken:
                reader.fail("was refused although the dialog could be read")
        else:
            reader.fail(f"was refused: {code}")
