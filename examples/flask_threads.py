"""A chat in plain Flask: one thread for each waiting browser.

    python examples/flask_threads.py [PORT]

Then open http://127.0.0.1:5000 twice: `/` uses long polling, `/?events` server-sent events.

It teaches the core of every delivery method. The server keeps a list, and a cursor is a position in
it. A subscriber waits for a condition until the list is longer than its cursor.

It costs a thread for each open page, and each message wakes every one of them. The messages are
in memory, so a restart loses them. Open pages then hold a cursor past the end: reload them.
"""

import sys
import threading
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, abort, json, request

HEARTBEAT = 25.0  # seconds; many proxies cut a connection that is silent for 30

app = Flask(__name__)
messages: list[dict[str, str]] = []
changed = threading.Condition()


def page_after(cursor: int) -> dict[str, Any]:
    """Return the messages after `cursor`, or an empty page if none comes within HEARTBEAT."""
    with changed:
        changed.wait_for(lambda: len(messages) > cursor, HEARTBEAT)
        return {"messages": messages[cursor:], "next": str(len(messages)), "more": False}


@app.post("/messages")
def post() -> tuple[dict[str, str], int]:
    """Add a message and wake every waiting thread."""
    try:
        message = {"text": str(request.get_json()["text"])}
    except (LookupError, TypeError):
        abort(400)
    with changed:
        messages.append(message)
        changed.notify_all()
    return message, 201


@app.get("/messages/wait")
def long_polling() -> dict[str, Any]:
    """Return the messages after the cursor, as soon as there is one."""
    return page_after(request.args.get("after", len(messages), type=int))


@app.get("/messages/events")
def server_sent_events() -> Response:
    """Return a response that does not end, with an event for each page."""
    after = request.args.get("after", len(messages), type=int)

    def stream(cursor: int) -> Iterator[str]:
        yield ": open\n\n"  # sends the head, so the browser knows that it is connected
        while True:
            page = page_after(cursor)
            cursor = int(page["next"])
            yield f"id: {cursor}\ndata: {json.dumps(page)}\n\n"

    # A browser that reconnects sends the `id` of the last event it received.
    cursor = request.headers.get("Last-Event-ID", after, type=int)
    return Response(stream(cursor), content_type="text/event-stream")


@app.get("/")
def index() -> str:
    """Return the page: a list, a form, and one function for each delivery method."""
    return """<!doctype html><meta charset="utf-8"><title>Flask</title>
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
  form.onsubmit = event => {
    event.preventDefault();
    const body = JSON.stringify({ text: form.elements.text.value });
    const headers = { "Content-Type": "application/json" };
    fetch("/messages", { method: "POST", headers, body }).then(({ ok }) => ok && form.reset());
  };
  (location.search === "?events" ? serverSentEvents : longPolling)(0);
</script>"""


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]) if len(sys.argv) > 1 else 5000, threaded=True)
