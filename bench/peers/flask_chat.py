"""The peer in plain Flask: a thread for each client that waits, under gunicorn.

gunicorn --threads 1100 bench.peers.flask_chat:app
"""

import threading
from collections.abc import Iterator

from flask import Flask, Response, jsonify, request

app = Flask(__name__)
messages: list[str] = []
changed = threading.Condition()


def page(after: int) -> dict[str, object]:
    """The messages after this cursor, once there are some."""
    with changed:
        changed.wait_for(lambda: len(messages) > after)
        return {"messages": messages[after:], "next": str(len(messages)), "more": False}


@app.post("/messages")
def post() -> Response:
    """Take in a message."""
    with changed:
        messages.append(request.get_data(as_text=True))
        changed.notify_all()
    return jsonify({})


@app.get("/messages/wait")
def wait() -> Response:
    """Long polling."""
    return jsonify(page(int(request.args.get("after", len(messages)))))


@app.get("/messages/events")
def events() -> Response:
    """Server-sent events."""
    start = len(messages)

    def stream() -> Iterator[str]:
        after = start
        yield ": open\n\n"
        while True:
            found = page(after)
            after = int(str(found["next"]))
            yield f"id: {after}\ndata: {app.json.dumps(found)}\n\n"

    return Response(stream(), content_type="text/event-stream")
