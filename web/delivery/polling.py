"""Polling: the client asks every second, and each request is answered at once.

    GET /messages?after=CURSOR&limit=100
    200 {"messages": [...], "next": "CURSOR", "more": false}

The client asks again with `next`: after a second, or at once if `more` is true.
"""

from collections.abc import Mapping

from dialog import Dialog, DialogError, Page
from web.delivery.base import ConnectionSubscriber, Method, Request
from web.delivery.hub import Hub
from web.errors import api_error
from web.parameters import limit_from
from web.responses import encode_error, encode_response


def page_after(dialog: Dialog, args: Mapping[str, str]) -> Page:
    """Return what follows the cursor, for Flask, which has no hub. Raises ApiError, DialogError."""
    return dialog.after(args["after"], limit_from(args))


async def serve(request: Request, hub: Hub) -> None:
    """Answer with the messages after the cursor, even if there are none."""
    cursor, limit = request.cursor, request.limit
    page = None if cursor is None else hub.dialog.after_nowait(cursor, limit, fresh=True)
    if page and (page.messages or not page.more):
        request.connection.respond(Poll.encode(page))
        request.connection.end()
    else:  # the store has to wait for the page, or has more to read first
        answer(request, hub, timeout=0.0)


def answer(request: Request, hub: Hub, timeout: float) -> None:
    """Answer with what follows the cursor, or with nothing after `timeout` seconds.

    Long polling calls this, too. Raises ApiError.
    """
    hub.subscribe(Poll(request, hub, timeout), request.cursor)


class Poll(ConnectionSubscriber):
    """A subscriber that is sent one page, as the response to its request."""

    __slots__ = ()

    def __init__(self, request: Request, hub: Hub, timeout: float) -> None:
        super().__init__(request, hub)
        self.timeout = timeout
        self.send = self._connection.respond

    @staticmethod
    def encode(page: Page) -> bytes:
        """Return the whole response."""
        return encode_response(200, {}, page.json)

    def finish(self, _: str) -> None:
        """End, because the client asks again."""
        self.end()
        self._connection.end()

    def fail(self, error: DialogError) -> None:
        """Send the error as the response."""
        self.send(encode_error(api_error(error)))
        self.finish("")

    def on_full(self) -> None:
        """Do nothing, because only one page is sent."""

    def on_writable(self) -> None:
        """Do nothing, because only one page is sent."""

    def on_shutdown(self) -> None:
        """Send the response now, without messages."""
        self._hub.release([self])


METHOD = Method(
    name="polling",
    title="Polling",
    sentence="The page asks every second. It works everywhere, but messages are half a second "
    "late on average, and most requests return nothing.",
    route="/messages",
    needs_task=False,
    serve=serve,
)
