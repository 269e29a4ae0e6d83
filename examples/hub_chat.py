"""A chat with this project's hub and file, in a plain ASGI application.

    python examples/hub_chat.py [PORT] [DIALOG]

Then open http://127.0.0.1:5000 twice: `/` uses long polling, `/?socket` WebSocket, `/?events`
server-sent events. `echo '{"text": "hi"}' >> dialog.jsonl` also reaches every page, and so does
`python robot.py` beside it.

It teaches how to use the hub. A subscriber waits at a cursor. When the file grows, the hub reads
and encodes a page once for all subscribers at that cursor, and sends the bytes to each of them.
A cursor is a position in the file plus a hash, so it survives a restart of the server.

It costs two coroutines for each open page, but one read and one encoding however many are open.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dialog import BadCursor, CursorGone, DialogError, FileStore, Page, to_json
from web.delivery.hub import Group, Hub

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

STATUS: dict[type[DialogError], int] = {BadCursor: 400, CursorGone: 410}

dialog = FileStore(sys.argv[2] if len(sys.argv) > 2 else "dialog.jsonl")
hub = Hub(dialog)


class NextPage:
    """A subscriber that waits for one page."""

    is_stream = False  # it gets one page; to go on, it subscribes again
    limit = 100  # messages
    timeout = 25.0  # seconds; after that, the hub sends an empty page
    deadline = 0.0  # set by the hub
    group: Group | None = None  # set by the hub

    def __init__(self) -> None:
        self.page = b""
        self.arrived: asyncio.Future[tuple[bytes, str]] = asyncio.Future()

    @staticmethod
    def encode(page: Page) -> bytes:
        """Return the bytes that the hub sends to every subscriber of this class."""
        return page.json

    def send(self, data: bytes) -> None:
        """Keep the page."""
        self.page = data

    def finish(self, cursor: str) -> None:
        """Hand over the page and its cursor."""
        self.arrived.set_result((self.page, cursor))

    def fail(self, error: DialogError) -> None:
        """Raise the error where the page is awaited."""
        self.arrived.set_exception(error)


async def next_page(cursor: str) -> tuple[bytes, str]:
    """Return the page after `cursor` as JSON, and the cursor behind it. Raises DialogError."""
    subscriber = NextPage()
    hub.subscribe(subscriber, cursor)
    try:
        return await subscriber.arrived
    finally:
        hub.unsubscribe(subscriber)


async def long_polling(cursor: str, send: Send) -> None:
    """Answer once."""
    page, _ = await next_page(cursor)
    await answer(send, 200, page)


async def server_sent_events(cursor: str, send: Send) -> None:
    """Send each page as an event, in a response that does not end."""
    await start(send, 200, b"text/event-stream")
    data = b": open\n\n"
    with suppress(DialogError):  # the browser asks again with its cursor, and gets the error
        while True:
            await send({"type": "http.response.body", "body": data, "more_body": True})
            page, cursor = await next_page(cursor)
            data = b"id: %b\ndata: %b\n\n" % (cursor.encode(), page)
    await send({"type": "http.response.body"})


async def web_socket(cursor: str, send: Send) -> None:
    """Send each page as a frame."""
    await send({"type": "websocket.accept"})
    while True:
        page, cursor = await next_page(cursor)
        await send({"type": "websocket.send", "text": page.decode()})


async def until_gone(delivery: Coroutine[Any, Any, None], receive: Receive) -> None:
    """Run a delivery method until it is done or the client leaves."""

    async def gone() -> None:
        while not (await receive())["type"].endswith(".disconnect"):
            pass

    tasks = [asyncio.create_task(delivery), asyncio.create_task(gone())]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for task in done:
        task.result()  # raises what the delivery method raised


async def post(receive: Receive, send: Send) -> None:
    """Append a message to the file. The watch notifies the hub, as for any other writer."""
    body, more = b"", True
    while more:
        event = await receive()
        body, more = body + event.get("body", b""), event.get("more_body", False)
    try:
        text = str(json.loads(body)["text"])
        message = await asyncio.to_thread(dialog.append, text)  # it waits for the disk
    except (ValueError, LookupError, TypeError):
        await answer(send, 400, b"{}")
    else:
        await answer(send, 201, to_json(message.public()))


async def answer(send: Send, status: int, body: bytes, kind: bytes = b"application/json") -> None:
    """Send a whole response."""
    await start(send, status, kind, (b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.body", "body": body})


async def start(send: Send, status: int, kind: bytes, *headers: tuple[bytes, bytes]) -> None:
    """Send the head of a response."""
    headers = ((b"content-type", kind), *headers)
    await send({"type": "http.response.start", "status": status, "headers": headers})


def cursor_of(scope: Scope) -> str:
    """Return the client's cursor, or the end of the dialog without one. Raises DialogError."""
    after = parse_qs(scope["query_string"]).get(b"after", [b""])[0]
    cursor: str = dict(scope["headers"]).get(b"last-event-id", after).decode("latin-1")
    if not cursor:
        return dialog.end()
    dialog.after(cursor, 1)  # raises CursorGone if the cursor is of another file
    return cursor


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request or WebSocket. Raises DialogError."""
    match scope["type"], scope["path"]:
        case "http", "/":
            await answer(send, 200, PAGE, b"text/html; charset=utf-8")
        case "http", "/messages" if scope["method"] == "POST":
            await post(receive, send)
        case "http", "/messages":
            await answer(send, 200, dialog.newest(100).json)
        case "http", "/messages/wait":
            await until_gone(long_polling(cursor_of(scope), send), receive)
        case "http", "/messages/events":
            await until_gone(server_sent_events(cursor_of(scope), send), receive)
        case "websocket", "/messages/socket":
            await until_gone(web_socket(cursor_of(scope), send), receive)
        case "http", _:
            await answer(send, 404, b"{}")
        case _:
            await send({"type": "websocket.close"})


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Watch the file while the server runs, and serve connections: the ASGI application."""
    if scope["type"] == "lifespan":
        loop = asyncio.get_running_loop()
        await receive()

        def notify() -> None:  # called in the thread that watches
            loop.call_soon_threadsafe(hub.notify)

        with dialog.watch(notify):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    try:
        await serve(scope, receive, send)
    except DialogError as error:
        if scope["type"] == "http":
            await answer(send, STATUS.get(type(error), 503), to_json({"error": str(error)}))
        else:
            await send({"type": "websocket.close"})


PAGE = b"""<!doctype html><meta charset="utf-8"><title>Hub</title>
<ul></ul><form><input name="text" required autofocus><button>Send</button></form>
<script>
  const list = document.querySelector("ul"), form = document.querySelector("form");
  const show = page => {
    for (const { author, text } of page.messages)
      list.appendChild(document.createElement("li")).textContent = `${author}: ${text}`;
    return page.next;
  };
  const longPolling = cursor => fetch(`/messages/wait?after=${cursor}`)
    .then(answer => answer.json())
    .then(page => { longPolling(show(page)); })
    .catch(() => setTimeout(longPolling, 1000, cursor));
  const serverSentEvents = cursor => {
    const events = new EventSource(`/messages/events?after=${cursor}`);
    events.onmessage = event => show(JSON.parse(event.data));
  };
  const webSocket = cursor => {
    const socket = new WebSocket(`ws://${location.host}/messages/socket?after=${cursor}`);
    socket.onmessage = event => { cursor = show(JSON.parse(event.data)); };
    socket.onclose = () => setTimeout(webSocket, 1000, cursor);
  };
  form.onsubmit = event => {
    event.preventDefault();
    const body = JSON.stringify({ text: form.elements.text.value });
    const headers = { "Content-Type": "application/json" };
    fetch("/messages", { method: "POST", headers, body }).then(({ ok }) => ok && form.reset());
  };
  const method = { "?events": serverSentEvents, "?socket": webSocket }[location.search];
  fetch("/messages").then(answer => answer.json()).then(show).then(method || longPolling);
</script>"""


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    print(f"Chat at http://127.0.0.1:{port}. Press Ctrl-C to stop it.", flush=True)
    uvicorn.run(application, port=port, log_level="warning", timeout_graceful_shutdown=1)
