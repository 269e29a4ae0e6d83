"""Server-sent events: one response that never ends, with an event for each page.

    GET /messages/events?after=CURSOR          (or the header Last-Event-ID: CURSOR)
    200 Content-Type: text/event-stream

    id: CURSOR
    data: {"messages": [...], "next": "CURSOR", "more": false}

A page without messages every 20 seconds shows that the connection is alive. If the cursor becomes
invalid, the last event is named `refused` and contains the error as JSON.
"""

from dialog import DialogError, Page
from web.delivery.base import Method, Request, Stream, first_cursor
from web.delivery.hub import Hub
from web.errors import api_error
from web.responses import start_response

HEADERS = {
    "Content-Type": "text/event-stream",
    "X-Accel-Buffering": "no",  # nginx would hold back events otherwise
}
OPEN = {"type": "http.response.body", "body": b": open\n\n", "more_body": True}  # a comment
LAST_CHUNK = b"0\r\n\r\n"


async def serve(request: Request, hub: Hub) -> None:
    """Begin the response. From then on the hub sends events, without a task."""
    last = request.headers.get("last-event-id")  # sent by a browser that reconnects
    cursor = await first_cursor(request, hub, last or request.cursor)
    stream = EventStream(request, hub, cursor)
    try:
        await start_response(request.send, 200, HEADERS)
        await request.send(OPEN)  # so that proxies pass on the headers
        stream.start()
    except BaseException:
        stream.end()
        raise


class EventStream(Stream):
    """A subscriber that is sent events."""

    __slots__ = ()

    @staticmethod
    def encode(page: Page) -> bytes:
        """Return a page as an event."""
        return chunk(b"id: " + page.next.encode() + b"\ndata: " + page.json + b"\n\n")

    def fail(self, error: DialogError) -> None:
        """Send the error as an event, and end the response."""
        self.end()
        self.send(chunk(b"event: refused\ndata: " + api_error(error).json + b"\n\n"))
        self.close()

    def close(self) -> None:
        """End the response."""
        self.send(LAST_CHUNK)
        self._connection.end()


def chunk(data: bytes) -> bytes:
    """Return a chunk of a response whose length is unknown."""
    return b"%x\r\n%s\r\n" % (len(data), data)


METHOD = Method(
    name="events",
    title="Server-sent events",
    sentence="One response that never ends. Messages arrive at once over plain HTTP. It occupies "
    "one of the browser's six connections.",
    route="/messages/events",
    serve=serve,
)
