"""Each example delivers messages by each of its delivery methods, started as users start it."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import Server, running
from tests.delivery_methods import DELIVERY_METHODS, read
from tests.ports import free_port
from tests.waiting import until

DEADLINE = 60  # seconds
pytestmark = pytest.mark.timeout(DEADLINE)

FLASK, TORNADO, HUB = "flask_threads.py", "tornado_chat.py", "hub_chat.py"


@contextmanager
def example(name: str, path: Path) -> Iterator[Server]:
    """Run an example on a free port. Only the hub's example stores messages, at `path`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = [str(port), str(path)] if name == HUB else [str(port)]
    with (
        running(f"examples/{name}", *arguments, log=path.with_suffix(".log")) as (process, _),
        httpx.Client(base_url=url, timeout=DEADLINE) as client,
    ):
        until(lambda: process.poll() is not None or accepts(port))
        yield Server(url, str(path), client, process)


def accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("name", "method"),
    [
        (FLASK, "long polling"),
        (FLASK, "server-sent events"),
        (TORNADO, "long polling"),
        (TORNADO, "server-sent events"),
        (TORNADO, "WebSocket"),
        (HUB, "long polling"),
        (HUB, "server-sent events"),
        (HUB, "WebSocket"),
    ],
)
def test_a_message_reaches_a_subscriber(name: str, method: str, path: Path) -> None:
    with example(name, path) as server, ThreadPoolExecutor() as threads:
        cursor = server.dialog.start() if name == HUB else "0"
        received = threads.submit(read, DELIVERY_METHODS[method](server, cursor), 2)
        server.say("hello")
        server.say("hello again")
        texts = [message["text"] for message in received.result()]
        assert texts == ["hello", "hello again"]


@pytest.mark.parametrize("name", [FLASK, TORNADO, HUB])
def test_the_page_is_served_and_a_bad_post_is_refused(name: str, path: Path) -> None:
    with example(name, path) as server:
        assert "<form>" in server.client.get("/").text
        assert server.client.post("/messages", json=["no text"]).status_code == 400
