"""The front door: delivery methods stay on the asyncio loop, every other request goes to Flask.

A subscriber on the loop costs some kilobytes and no thread.
"""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache, partial

from werkzeug.datastructures import Headers
from werkzeug.sansio.request import Request as WerkzeugRequest

from dialog import Dialog, DialogError
from web.access import AccessControl, RequestHead
from web.asgi_types import Receive, Scope, Send
from web.capacity import Capacity
from web.delivery import find_method
from web.delivery.base import Method, Request
from web.delivery.hub import Hub
from web.errors import ApiError, api_error
from web.forwarded import TrustedProxies
from web.posts import LARGEST_BODY
from web.responses import encode_error, send_error
from web.wsgi import WsgiBridge

log = logging.getLogger(__name__)

BODY_TIMEOUT = 10.0  # seconds for the body of a request


class FrontDoor:
    """The ASGI application: serves subscribers, and passes other requests on to `flask`."""

    def __init__(
        self,
        dialog: Dialog,
        flask: WsgiBridge,
        access: AccessControl,
        capacity: Capacity,
        proxies: TrustedProxies,
        *,
        lab: AbstractContextManager[object] | None = None,
    ) -> None:
        self.hub = Hub(dialog)
        self.lab = lab
        self._flask = flask
        self._access = access
        self._capacity = capacity
        self._proxies = proxies

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request, one WebSocket, or the lifespan of the server."""
        if scope["type"] == "lifespan":
            return self._lifespan(scope, receive, send)
        self._proxies.apply(scope)
        if method := find_method(scope):
            return self._deliver(method, scope, send)
        if scope["type"] == "websocket":
            return send_error(send, ApiError(404, "not_found", "No such WebSocket."), "websocket")
        return self._pass_on(scope, receive, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch the dialog for as long as the server runs."""
        loop = asyncio.get_running_loop()
        scope["state"]["capacity"] = self._capacity  # for the protocols, which count connections
        await receive()

        def notify() -> None:
            loop.call_soon_threadsafe(self.hub.notify)

        with self.hub.dialog.watch(notify), self.lab or nullcontext():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _deliver(self, method: Method, scope: Scope, send: Send) -> None:
        """Serve a request to a delivery method. It never suspends for a method without a task."""
        # Popped, so that the scope and the connection do not keep each other alive.
        connection = scope["extensions"].pop("connection")
        try:
            head = head_from(scope)
            self._access.check(head)
            if head.method != "GET":
                raise ApiError(405, "bad_method", "Only GET is allowed at this address.")
            args = args_from(scope["query_string"])
            reserve = partial(self._capacity.reserve, head.address)
            request = Request(args, head.headers, connection, send, reserve)
            await method.serve(request, self.hub)
        except (ApiError, DialogError) as failure:
            error = api_error(failure)
            log.info("%a from %s: %s %s", scope["path"], _address(scope), error.status, error.code)
            if scope["type"] == "websocket":
                await send_error(send, error, "websocket")
            else:
                connection.respond(encode_error(error))
                connection.end()

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Flask answer once the body is complete, so a slow client never holds a thread."""
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                body = await _read_body(receive)
        except TimeoutError:
            error = ApiError(408, "too_slow", "The body of the request arrived too slowly.")
            await send_error(send, error, "http")
            return
        if body is not None:
            await self._flask.respond(scope, body, send)


@lru_cache(64)
def args_from(query: bytes) -> dict[str, str]:
    """Return the arguments of a query as Flask parses them. Cached: a group has the same query."""
    return WerkzeugRequest("GET", "http", None, "", "/", query, Headers(), None).args.to_dict()


class RawHeaders:
    """The headers of a request over ASGI, decoded when they are asked for."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Sequence[tuple[bytes, bytes]]) -> None:
        self._raw = raw

    def get(self, name: str) -> str | None:
        """Return the first header of this name; for `host`, all of them, joined by commas."""
        key = name.encode()
        values = [value.decode("latin-1") for each, value in self._raw if each == key]
        if not values:
            return None
        return ",".join(values) if name == "host" else values[0]


def head_from(scope: Scope) -> RequestHead:
    """Return the parts of a request that access control needs."""
    return RequestHead(
        scope.get("method", "GET"),
        scope["scheme"],
        scope["path"],
        scope.get("server"),
        RawHeaders(scope["headers"]),
        _address(scope),
        scope["http_version"],
    )


def _address(scope: Scope) -> str | None:
    """Return the address of the client, if it is known."""
    address, *_ = scope.get("client") or (None,)
    return address


async def _read_body(receive: Receive) -> bytes | None:
    """Return the body of a request, or its start if it is too large. None: the client left."""
    body = b""
    while len(body) <= LARGEST_BODY:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    return body
