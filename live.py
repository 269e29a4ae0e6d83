"""Connections that wait: long polling, WebSocket, server-sent events.

Coroutines on one asyncio loop, so that a waiter costs some kilobytes and no thread. All of them
turn on one question, `next_page`: the messages after a cursor, as soon as there is one. What is
not asked here goes on to Flask behind.

The loop reads what can be told at once: a file takes some ten microseconds, and of Redis the newest
pages are in memory. What has to be asked for is asked in a thread.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.sansio.request import Request

import api
from dialog import CursorGone, Dialog, DialogError, Page, Unavailable
from gate import HEADERS, Gate
from limits import source

log = logging.getLogger(__name__)

Event = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HEARTBEAT = 20.0  # seconds; a stream that is silent for longer is taken for dead
BODY_TIME = 10.0  # seconds, for the body of a request
SERVICE_RESTART = 1012  # close codes of WebSocket
GONE = 4410  # ours: what HTTP says with 410


class Live:
    """The ASGI application: serves what waits, hands the rest to `behind`.

    At most `most` connections wait at once, a third of them from one address: a school comes from
    one.
    """

    def __init__(self, dialog: Dialog, behind: Application, gate: Gate, most: int) -> None:
        self.dialog = dialog
        self.behind = behind
        self.gate = gate
        self.most = most
        self.waiting = 0  # connections, for /healthz
        self._waiting_from: Counter[str] = Counter()
        self._closing = False
        self._changed = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        routes = {
            ("http", "/messages/wait"): self.wait,
            ("http", "/messages/events"): self.events,
            ("websocket", "/messages/socket"): self.socket,
        }
        serve = routes.get((scope["type"], scope.get("path", "")))
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
        elif serve:
            await self._serve(serve, scope, receive, send)
        elif scope["type"] == "websocket":
            await refuse(scope, send, api.Refused(404, "not_found", "There is no such socket."))
        else:
            await self.hand_on(scope, receive, send)

    async def hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Flask answer, once the body is here: a slow one must not hold up a thread."""
        try:
            async with asyncio.timeout(BODY_TIME):
                body = await body_of(receive)
        except TimeoutError:
            await refuse(scope, send, api.Refused(408, "too_slow", "The body came too slowly."))
        else:
            if body is not None:
                await self.behind(with_length(scope, len(body)), once(body), send)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Watch the dialog for as long as the server runs."""
        loop = asyncio.get_running_loop()
        await receive()

        def ring() -> None:
            loop.call_soon_threadsafe(self.ring)

        with self.dialog.watch(ring):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def ring(self) -> None:
        """Wake all that wait: there may be something to read."""
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        """Let all that wait end soon, because the server ends."""
        self._closing = True
        self.ring()

    async def read(self, cursor: str, limit: int) -> Page:
        """Return the messages after `cursor`, and keep nobody else waiting for them."""
        page = self.dialog.recent(cursor, limit)
        if page is None:
            page = await asyncio.to_thread(self.dialog.after, cursor, limit)
        return page

    async def cursor(self, request: Request, last_event_id: str = "") -> str:
        """Return where the client wants to go on."""
        if last_event_id or "after" in request.args:
            return api.cursor_from(request.args, self.dialog, last_event_id)
        return await asyncio.to_thread(api.cursor_from, request.args, self.dialog)

    async def next_page(self, cursor: str, limit: int, seconds: float) -> Page:
        """Return the messages after `cursor`, or none of them when the `seconds` are over.

        While the dialog cannot be read there are none: who waits goes on when it can be again.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            # Taken before the read: whatever is appended after the read rings this one.
            changed = self._changed
            try:
                page = await self.read(cursor, limit)
            except Unavailable:
                page = Page((), cursor, more=False)
            if page.messages or self._closing:
                return page
            cursor = page.next
            if page.more:  # nothing but lines that are no messages, so far
                continue
            try:
                async with asyncio.timeout_at(deadline):
                    await changed.wait()
            except TimeoutError:
                return page

    async def wait(self, request: Request, send: Send) -> None:
        """Long polling: one answer, as soon as there is something to say."""
        cursor = await self.cursor(request)
        limit = api.limit_from(request.args, 100)
        page = await self.next_page(cursor, limit, api.timeout_from(request.args))
        await answer(send, 200, {}, page.json)

    async def events(self, request: Request, send: Send) -> None:
        """Server-sent events: one answer that does not end. A page without messages is a beat."""
        last = request.headers.get("Last-Event-ID", "")
        cursor = await self.cursor(request, last)
        limit = api.limit_from(request.args, 100)
        await self.read(cursor, limit)  # if that is refused, then with a status
        headers = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        await start(send, 200, headers)
        await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
        while not self._closing:
            try:
                page = await self.next_page(cursor, limit, HEARTBEAT)
            except DialogError as error:
                event = b"event: refused\ndata: " + api.refusal(error).json + b"\n\n"
                await send({"type": "http.response.body", "body": event, "more_body": True})
                break
            cursor = page.next
            event = b"id: " + cursor.encode() + b"\ndata: " + page.json + b"\n\n"
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def socket(self, request: Request, send: Send) -> None:
        """WebSocket: the same pages as frames. What the client sends is not looked at."""
        cursor = await self.cursor(request)
        limit = api.limit_from(request.args, 100)
        await self.read(cursor, limit)
        await send({"type": "websocket.accept"})
        code = SERVICE_RESTART
        while not self._closing:
            try:
                page = await self.next_page(cursor, limit, HEARTBEAT)
            except DialogError as error:
                code = GONE if isinstance(error, CursorGone) else SERVICE_RESTART
                break
            cursor = page.next
            await send({"type": "websocket.send", "text": page.json.decode()})
        await send({"type": "websocket.close", "code": code})

    async def _serve(
        self,
        serve: Callable[[Request, Send], Coroutine[Any, Any, None]],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Run one of the above until it is done or its client is gone."""
        request = request_of(scope)
        client = source(request.remote_addr)
        self.waiting += 1
        self._waiting_from[client] += 1
        try:
            self.gate.check(request)
            if self.waiting > self.most or self._waiting_from[client] > self.most // 3:
                raise api.Refused(503, "crowded", "Too many wait here. Try again later.", 10)
            if request.method != "GET":
                raise api.Refused(405, "bad_method", "Only GET is possible here.")
            await while_connected(serve(request, send), receive)
        except api.Refused as refused:
            await refuse(scope, send, refused)
        except DialogError as error:
            await refuse(scope, send, api.refusal(error))
        finally:
            self.waiting -= 1
            self._waiting_from[client] -= 1
            if not self._waiting_from[client]:
                del self._waiting_from[client]


def request_of(scope: Scope) -> Request:
    """Return the request as Flask would see it. A handshake counts as a GET."""
    address, *_ = scope.get("client") or (None,)
    return Request(
        scope.get("method", "GET"),
        scope["scheme"],
        scope.get("server"),
        scope.get("root_path", ""),
        scope["path"],
        scope["query_string"],
        Headers([(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]),
        address,
    )


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


async def while_connected(work: Coroutine[Any, Any, None], receive: Receive) -> None:
    """Do `work`; drop it when the client leaves, instead of when there is something to send."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(disconnected(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def disconnected(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] not in {"http.disconnect", "websocket.disconnect"}:
        pass


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


async def refuse(scope: Scope, send: Send, refused: api.Refused) -> None:
    """Answer with an error; a handshake is answered so instead of becoming a socket."""
    address, *_ = scope.get("client") or ("?",)
    log.info("%a from %s: %s %s", scope["path"], address, refused.status, refused.code)
    kind = "http" if scope["type"] == "http" else "websocket.http"
    await answer(send, refused.status, refused.headers, refused.json, kind)
