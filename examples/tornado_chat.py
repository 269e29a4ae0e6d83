"""A chat in Tornado: one event loop, no threads.

    python examples/tornado_chat.py [PORT]

Then open http://127.0.0.1:5000 twice: `/` uses long polling, `/?socket` WebSocket, `/?events`
server-sent events. It needs the packages of requirements-dev.txt.

It teaches how to split a chat: the buffer knows no HTTP, the handlers know no storage, and every
delivery method reads with the same call. Tornado's own chat demo is built like that.

It costs a coroutine for each open page instead of a thread. Each message still wakes every
coroutine, and each of them encodes the same page. The messages are in memory, so a restart loses
them; open pages then have to be reloaded. It sends no heartbeat: if a proxy cuts a silent
connection, the browser connects again.
"""

import asyncio
import contextlib
import sys
from typing import Any

import tornado.escape
import tornado.iostream
import tornado.locks
import tornado.web
import tornado.websocket

Page = dict[str, Any]


class MessageBuffer:
    """The messages so far, and a way to wait for more."""

    def __init__(self) -> None:
        self._messages: list[dict[str, str]] = []
        self._changed = tornado.locks.Condition()

    def add(self, text: str) -> dict[str, str]:
        """Add a message, wake all subscribers, and return the message."""
        message = {"text": text}
        self._messages.append(message)
        self._changed.notify_all()
        return message

    def end(self) -> int:
        """Return the cursor behind the last message."""
        return len(self._messages)

    def get_messages_since(self, cursor: int) -> list[dict[str, str]]:
        """Return the messages after `cursor`."""
        return self._messages[cursor:]

    async def next_page(self, cursor: int) -> Page:
        """Return the messages after `cursor`, as soon as there is one."""
        while not self.get_messages_since(cursor):
            await self._changed.wait()
        messages = self.get_messages_since(cursor)
        return {"messages": messages, "next": str(cursor + len(messages)), "more": False}


class Handler(tornado.web.RequestHandler):
    """What the handlers share: the buffer, and the cursor that a client sends."""

    def initialize(self, buffer: MessageBuffer) -> None:
        """Keep the buffer, which the application passes to each handler."""
        self.buffer = buffer

    def cursor(self) -> int:
        """Return the client's cursor, or the end of the messages without one."""
        after = self.request.headers.get("Last-Event-ID") or self.get_argument("after", "")
        return int(after) if after.isdecimal() else self.buffer.end()


class Messages(Handler):
    """`POST /messages`."""

    def post(self) -> None:
        """Add a message."""
        try:
            text = str(tornado.escape.json_decode(self.request.body)["text"])
        except (ValueError, LookupError, TypeError):
            raise tornado.web.HTTPError(400) from None
        self.set_status(201)
        self.write(self.buffer.add(text))


class LongPolling(Handler):
    """`GET /messages/wait`: one response, as soon as there is a message after the cursor."""

    async def get(self) -> None:
        """Answer with the next page."""
        self.write(await self.buffer.next_page(self.cursor()))


class ServerSentEvents(Handler):
    """`GET /messages/events`: a response that does not end, with an event for each page."""

    async def get(self) -> None:
        """Send page after page until the client leaves."""
        self.set_header("Content-Type", "text/event-stream")
        cursor = self.cursor()
        with contextlib.suppress(tornado.iostream.StreamClosedError):
            await self.flush()
            while True:
                page = await self.buffer.next_page(cursor)
                cursor = int(page["next"])
                self.write(f"id: {cursor}\ndata: {tornado.escape.json_encode(page)}\n\n")
                await self.flush()


class WebSocket(Handler, tornado.websocket.WebSocketHandler):
    """`/messages/socket`: a frame for each page."""

    def open(self) -> None:
        """Start sending pages. Tornado reads no frames, not even a close, before this returns."""
        self.sending = asyncio.create_task(self.send_pages(self.cursor()))

    async def send_pages(self, cursor: int) -> None:
        """Send page after page until the client leaves."""
        with contextlib.suppress(tornado.websocket.WebSocketClosedError):
            while True:
                page = await self.buffer.next_page(cursor)
                cursor = int(page["next"])
                await self.write_message(page)

    def on_close(self) -> None:
        """Stop sending."""
        self.sending.cancel()


class Index(tornado.web.RequestHandler):
    """`GET /`."""

    def get(self) -> None:
        """Answer with the page: a list, a form, and a function for each delivery method."""
        self.write(PAGE)


PAGE = """<!doctype html><meta charset="utf-8"><title>Tornado</title>
<ul></ul><form><input name="text" required autofocus><button>Send</button></form>
<script>
  const list = document.querySelector("ul"), form = document.querySelector("form");
  const show = page => {
    for (const { text } of page.messages)
      list.appendChild(document.createElement("li")).textContent = text;
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
  ({ "?events": serverSentEvents, "?socket": webSocket }[location.search] || longPolling)(0);
</script>"""


async def main() -> None:
    """Serve until the process is killed."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    shared = {"buffer": MessageBuffer()}
    application = tornado.web.Application(
        [
            ("/", Index),
            ("/messages", Messages, shared),
            ("/messages/wait", LongPolling, shared),
            ("/messages/events", ServerSentEvents, shared),
            ("/messages/socket", WebSocket, shared),
        ]
    )
    application.listen(port, "127.0.0.1", backlog=2048)
    print(f"Chat at http://127.0.0.1:{port}. Press Ctrl-C to stop it.", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
