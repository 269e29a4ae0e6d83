"""What comes often, in front of Flask: those who wait, poll or post.

All on one asyncio loop, so that a waiter costs some kilobytes and no thread. Who waits does so in
places.py, and is told there in bytes that were made once for all. What is not asked here goes on
to Flask behind.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from contextlib import ExitStack
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.sansio.request import Request

from dialog import Dialog, DialogError, to_json
from web import api
from web.access import HEADERS, Gate
from web.delivery.hub import Places, read
from web.delivery.ways import Events, Frames, Poll, Stream, refusal
from web.rate_limit import source
from web.uvicorn_protocols import END, EVENTS, MESSAGES, WAIT, HttpLine, Socket, is_poll
from web.writer import Writer

log = logging.getLogger(__name__)

Event = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_TIME = 10.0  # seconds, for the body of a request
ENDS = {"http.disconnect", "websocket.disconnect", END}


class Live:
    """The ASGI application: serves what waits, hands the rest to `behind`.

    At most `most` connections wait at once, a third of them from one address: a school comes from
    one.
    """

    def __init__(
        self, dialog: Dialog, behind: Application, gate: Gate, posts: api.Posts, most: int
    ) -> None:
        self.dialog = dialog
        self.behind = behind
        self.gate = gate
        self.posts = posts
        self.most = most
        self.places = Places(dialog)
        self._writer = Writer(dialog)
        self.waiting = 0  # connections, for /healthz
        self._waiting_from: Counter[str] = Counter()
        self._streams = {
            ("http", WAIT): self.wait,
            ("http", EVENTS): self.events,
            ("websocket", "/messages/socket"): self.socket,
        }

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one connection."""
        kind, path = scope["type"], scope.get("path", "")
        if is_poll(scope):
            return self.poll(scope)
        if stream := self._streams.get((kind, path)):
            return self._stream(stream, scope, receive, send)
        if kind == "lifespan":
            return self.lifespan(receive, send)
        if kind == "websocket":
            no = api.Refused(404, "not_found", "There is no such socket.")
            return refuse(scope, send, no)
        return self.hand_on(scope, receive, send)

    async def hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Flask answer, once the body is here: a slow one must not hold up a thread."""
        try:
            async with asyncio.timeout(BODY_TIME):
                body = await body_of(receive)
        except TimeoutError:
            await refuse(scope, send, api.Refused(408, "too_slow", "The body came too slowly."))
            return
        if body is None:
            return
        post = (scope["method"], scope["path"]) == ("POST", MESSAGES)
        if post and len(body) <= api.LARGEST_BODY:
            await self.post(scope, body, send)
        else:
            await self.behind(with_length(scope, len(body)), once(body), send)

    async def post(self, scope: Scope, body: bytes, send: Send) -> None:
        """Take in a message. Many writers at once share a flush to the disk."""
        request = request_of(scope)
        try:
            self.gate.check(request)
            draft = self.posts.draft(request.remote_addr, **api.post_from(body))
            message = await self._writer.append(draft)
        except (api.Refused, DialogError) as error:
            await refuse(scope, send, refused(error, scope))
        else:
            log.info("POST '/messages' from %s: 201", request.remote_addr)
            await answer(send, 201, {}, to_json(message.public()))

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Watch the dialog for as long as the server runs."""
        loop = asyncio.get_running_loop()
        await receive()

        def ring() -> None:
            loop.call_soon_threadsafe(self.places.ring)

        with self.dialog.watch(ring):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def poll(self, scope: Scope) -> None:
        """Polling and long polling: one answer, at once or as soon as there is something to say.

        This never awaits, and so needs no task. The answer comes later, over the line.
        """
        line: HttpLine = line_of(scope)
        try:
            self._admit(scope, line)
            args, limit, seconds = asked(scope["query_string"])
            if scope["path"] == MESSAGES:
                seconds = 0.0
            poll = Poll(line, seconds, self.places, self._count(scope))
            self.places.join([poll], args["after"], limit)
        except (api.Refused, DialogError) as error:
            line.answer(refusal(refused(error, scope)))
            line.end()

    async def wait(self, scope: Scope, receive: Receive, _: Send) -> None:
        """Long polling without a cursor: from now on."""
        self._admit(scope, scope["extensions"]["line"])
        cursor = await self._cursor({})
        scope["query_string"] += f"&after={cursor}".encode()
        await self.poll(scope)
        while (await receive())["type"] not in ENDS:
            pass

    async def _cursor(self, args: Mapping[str, str]) -> str:
        """Return where the client wants to go on: at its cursor, or from now on. Unavailable."""
        if "after" in args:
            return args["after"]
        return (await asyncio.to_thread(self.dialog.newest, 1)).next

    async def events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Server-sent events: one answer that does not end."""
        line: HttpLine = line_of(scope)
        self._admit(scope, line)
        last = request_of(scope).headers.get("Last-Event-ID", "")
        args, limit, _ = asked(scope["query_string"])
        cursor = last or await self._cursor(args)
        await read(self.dialog, cursor, limit)  # if that is refused, then with a status
        with ExitStack() as counted:
            counted.callback(self._count(scope))
            await start(send, 200, {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
            await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
            await listen(Events(line, cursor, limit, self.places), receive)

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """WebSocket: the same pages as frames."""
        line: Socket = line_of(scope)
        self._admit(scope, line)
        args, limit, _ = asked(scope["query_string"])
        cursor = await self._cursor(args)
        await read(self.dialog, cursor, limit)
        with ExitStack() as counted:
            counted.callback(self._count(scope))
            await send({"type": "websocket.accept"})
            event = await listen(Frames(line, cursor, limit, self.places), receive)
            if event["type"] == END:
                await send({"type": "websocket.close", "code": event["code"]})

    async def _stream(
        self,
        stream: Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Run one of the streams until it is done or its client is gone."""
        try:
            await stream(scope, receive, send)
        except (api.Refused, DialogError) as error:
            await refuse(scope, send, refused(error, scope))

    def _admit(self, scope: Scope, line: HttpLine | Socket) -> None:
        """Ask the gate, unless it let in the very same head on this connection. Refused."""
        if line.protocol.admitted != scope["headers"]:
            self.gate.check(request_of(scope))
        if scope["type"] == "http":
            line.protocol.admitted = scope["headers"]
        if scope.get("method", "GET") != "GET":
            raise api.Refused(405, "bad_method", "Only GET is possible here.")

    def _count(self, scope: Scope) -> Callable[[], None]:
        """Count one more that waits; return what counts it off. Refused."""
        client = source(address_of(scope))
        if self.waiting >= self.most or self._waiting_from[client] >= self.most // 3:
            raise api.Refused(503, "crowded", "Too many wait here. Try again later.", 10)
        self.waiting += 1
        self._waiting_from[client] += 1

        def gone() -> None:
            self.waiting -= 1
            self._waiting_from[client] -= 1
            if not self._waiting_from[client]:
                del self._waiting_from[client]

        return gone


def line_of(scope: Scope) -> Any:  # noqa: ANN401  # an HttpLine or a Socket, as the scope's type says
    """Return where the bytes for this client go. Taken out: it refers to the scope."""
    return scope["extensions"].pop("line")


async def listen(stream: Stream, receive: Receive) -> Event:
    """Let a stream be told page after page. Returns the event that ended it."""
    try:
        stream.go_on()
        while (event := await receive())["type"] not in ENDS:
            pass
        return event
    finally:
        stream.leave()


@lru_cache(64)
def asked(query: bytes) -> tuple[dict[str, str], int, float]:
    """Return the arguments as Flask would see them, with limit and time-out. Refused.

    Those who wait in one place ask the same.
    """
    args = Request("GET", "http", None, "", "/", query, Headers(), None).args.to_dict()
    return args, api.limit_from(args, 100), api.timeout_from(args)


def request_of(scope: Scope) -> Request:
    """Return the request as Flask would see it. A handshake counts as a GET."""
    return Request(
        scope.get("method", "GET"),
        scope["scheme"],
        scope.get("server"),
        scope.get("root_path", ""),
        scope["path"],
        scope["query_string"],
        Headers([(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]),
        address_of(scope),
    )


def address_of(scope: Scope) -> str | None:
    """Return where the client is, as far as that is known."""
    address, *_ = scope.get("client") or (None,)
    return address


async def body_of(receive: Receive) -> bytes | None:
    """Return the body of a request; of one that is too long, so much that this is seen.

    None: the client left before its end.
    """
    body = b""
    while len(body) <= api.LARGEST_BODY:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    return body


def with_length(scope: Scope, length: int) -> Scope:
    """Say how long the body is, also where the client did not know it yet. WSGI needs that."""
    framing = {b"content-length", b"transfer-encoding"}
    headers = [header for header in scope["headers"] if header[0] not in framing]
    return {**scope, "headers": [*headers, (b"content-length", str(length).encode())]}


def once(body: bytes) -> Receive:
    """Give the body that was read already."""

    async def receive() -> Event:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def start(send: Send, status: int, headers: dict[str, str], kind: str = "http") -> None:
    """Send the head of an answer; JSON, unless the headers say otherwise."""
    headers = api.HEADERS | headers
    if kind != "http":  # uvicorn adds these to all but refused handshakes
        headers |= HEADERS
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": f"{kind}.response.start", "status": status, "headers": encoded})


async def answer(
    send: Send, status: int, headers: dict[str, str], body: bytes, kind: str = "http"
) -> None:
    """Send a whole answer."""
    await start(send, status, headers | {"Content-Length": str(len(body))}, kind)
    await send({"type": f"{kind}.response.body", "body": body})


def refused(error: api.Refused | DialogError, scope: Scope) -> api.Refused:
    """Return what the client is told, and note it."""
    no = error if isinstance(error, api.Refused) else api.refusal(error)
    log.info("%a from %s: %s %s", scope["path"], address_of(scope), no.status, no.code)
    return no


async def refuse(scope: Scope, send: Send, no: api.Refused) -> None:
    """Answer with an error; a handshake is answered so instead of becoming a socket."""
    kind = "http" if scope["type"] == "http" else "websocket.http"
    await answer(send, no.status, no.headers, no.json, kind)
