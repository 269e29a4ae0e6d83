"""WebSocket: one connection, open in both directions. Each frame from the server is a page.

    GET /messages/socket?after=CURSOR
    101 Switching Protocols

    {"messages": [...], "next": "CURSOR", "more": false}

A page without messages every 20 seconds shows that the connection is alive. The close code 4410
means what status 410 means over HTTP. After 1012, the client can continue from its cursor.
"""

from websockets.frames import Frame, Opcode

from dialog import CursorGone, DialogError, Page
from web.delivery.base import SERVICE_RESTART, Method, Request, Stream, first_cursor
from web.delivery.hub import Hub

GONE = 4410  # our own close code, for the status 410


async def serve(request: Request, hub: Hub) -> None:
    """Accept the handshake. From then on the hub sends frames, without a task."""
    cursor = await first_cursor(request, hub, request.cursor)
    stream = FrameStream(request, hub, cursor)
    try:
        await request.send({"type": "websocket.accept"})
        stream.start()
    except BaseException:
        stream.end()
        raise


class FrameStream(Stream):
    """A subscriber that is sent frames. What its client sends is ignored."""

    __slots__ = ()

    @staticmethod
    def encode(page: Page) -> bytes:
        """Return a page as a text frame."""
        return Frame(Opcode.TEXT, page.json).serialize(mask=False)

    def fail(self, error: DialogError) -> None:
        """Close with a code that says why."""
        self.end()
        self._connection.end(GONE if isinstance(error, CursorGone) else SERVICE_RESTART)

    def close(self) -> None:
        """Close the WebSocket."""
        self._connection.end(SERVICE_RESTART)


METHOD = Method(
    name="websocket",
    title="WebSocket",
    sentence="One connection that stays open in both directions. The server sends each message "
    "at once, with the fewest bytes. Some proxies block it.",
    scheme="websocket",
    route="/messages/socket",
    serve=serve,
)
