"""Polls: what one costs the server, with a message and without one."""

import json
from http.client import HTTPConnection
from statistics import median

from bench import peers

POLLS = 2000
ROUNDS = 3


def costs() -> dict[str, float]:
    """Return the processor time of the server for a poll, in seconds."""
    print("polls", flush=True)
    measured: dict[str, list[float]] = {}
    with peers.ours(0) as server:
        for text in ("first", "second"):
            server.publish(text)
        connection = HTTPConnection("127.0.0.1", server.port)
        first, second = (message["id"] for message in get(connection, "limit=2")["messages"])
        for _ in range(ROUNDS):
            for name, cursor in (("a poll without messages", second), ("a poll with one", first)):
                before = server.cpu()
                for _ in range(POLLS):
                    get(connection, f"after={cursor}")
                measured.setdefault(name, []).append((server.cpu() - before) / POLLS)
        connection.close()
    return {name: median(costs) for name, costs in measured.items()}


def get(connection: HTTPConnection, query: str) -> dict[str, list[dict[str, str]]]:
    """Return a page."""
    connection.request("GET", f"/messages?{query}")
    page: dict[str, list[dict[str, str]]] = json.load(connection.getresponse())
    return page
