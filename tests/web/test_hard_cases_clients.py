"""Hard cases 18 to 20 and 23 to 25: what clients do. Cases 21 and 22 need a browser."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests import patches
from tests.conftest import Server, serving
from tests.delivery_methods import (
    DeliveryMethod,
    connection,
    long_polling,
    read,
    server_sent_events,
    socket_url,
    status,
    texts,
    waiting,
    waiting_requests,
    websocket,
)
from tests.messages import by_hand
from tests.waiting import until

pytestmark = pytest.mark.both
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
posix = pytest.mark.skipif(sys.platform == "win32", reason="these signals are POSIX")
each_stream = pytest.mark.parametrize("method", [websocket, server_sent_events])

POOL = 40  # threads of the server's pools, which start when they are needed


def threads_and_descriptors(server: Server) -> tuple[int, int]:
    process = Path("/proc") / str(server.process.pid)
    return len(list((process / "task").iterdir())), len(list((process / "fd").iterdir()))


def memory(server: Server) -> int:
    """Return the resident memory in MB."""
    lines = (Path("/proc") / str(server.process.pid) / "status").read_text()
    return int(lines.partition("VmRSS:")[2].split()[0]) // 1024


@contextlib.contextmanager
def subscribers(server: Server, count: int, cursor: str | None = None) -> Iterator[None]:
    """Connect `count` subscribers of all methods. They all leave at the end."""
    before = waiting(server)
    requests = list(waiting_requests(cursor).values())
    with contextlib.ExitStack() as clients:
        for number in range(count):
            clients.enter_context(connection(server, requests[number % 3]))
        until(lambda: waiting(server) == before + count)
        yield


@linux
def test_18_a_thousand_subscribers_that_leave_free_all_they_used(server: Server) -> None:
    def come_and_go() -> tuple[int, int]:
        with subscribers(server, 1000):
            pass
        until(lambda: waiting(server) == 0)
        server.client.close()
        server.client = httpx.Client(base_url=server.url)
        return threads_and_descriptors(server)

    server.say("starts all threads")
    threads, descriptors = come_and_go()
    megabytes = memory(server)
    for _ in range(2):
        until(lambda: threads_and_descriptors(server)[1] <= descriptors + POOL)
        assert come_and_go()[0] <= threads + POOL
    assert memory(server) < megabytes + 10


@posix
@each_stream
def test_19_a_client_that_stops_reading_delays_nobody_and_can_come_back(
    address: str, method: DeliveryMethod
) -> None:
    with serving(address, patch=patches.short_read_timeout) as server:
        cursor = server.cursor()
        reader = method(server, cursor)
        with connection(server, waiting_requests(cursor)[method], receive_buffer=4096):
            until(lambda: waiting(server) == 1)
            by_hand(server.dialog, *[{"text": "x" * 2000}] * 8000)  # fills all system buffers
            received = read(reader, 8000)
            until(lambda: waiting(server) == 1)  # only the reader is left
            assert [m["text"] for m in received] == ["x" * 2000] * 8000
        assert read(method(server, cursor), 8000) == received


def test_20_a_websocket_that_vanishes_is_noticed(address: str) -> None:
    with (
        serving(address, patch=patches.short_ping_interval) as server,
        connection(server, waiting_requests()[websocket]),  # stays open, but answers no ping
        connect(socket_url(server)) as alive,
    ):
        until(lambda: waiting(server) == 2)
        until(lambda: waiting(server) == 1)
        posted = server.say("still there?")
        assert json.loads(alive.recv(timeout=10))["messages"] == [posted]


async def get(server: Server, target: str) -> dict[str, Any]:
    """Return the JSON of one response, on a new connection. Raises OSError, EOFError."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with contextlib.closing(writer):
        writer.write(
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        if not head:
            raise EOFError
        return dict(json.loads(body))


@posix
def test_23_500_clients_of_a_killed_server_continue_from_their_cursors(address: str) -> None:
    async def client(server: Server, cursor: str, received: list[str]) -> None:
        while received[-1:] != ["the last"]:
            try:
                page = await get(server, f"/messages/wait?after={cursor}")
            except (OSError, EOFError, ValueError):
                await asyncio.sleep(0.1)  # the page waits longer, for a random time
                continue
            received += texts(page)
            cursor = page["next"]

    async def all_clients(server: Server, cursor: str) -> list[list[str]]:
        received: list[list[str]] = [[] for _ in range(500)]
        async with asyncio.TaskGroup() as clients:
            for by_one in received:
                clients.create_task(client(server, cursor, by_one))
        return received

    with ThreadPoolExecutor() as pool:
        with serving(address) as server:
            cursor = server.cursor()
            received = pool.submit(lambda: asyncio.run(all_clients(server, cursor)))
            until(lambda: waiting(server) == 500)
            server.say("before")
            until(lambda: waiting(server) == 500)
            server.process.kill()
            server.process.wait()
        by_hand(server.dialog, {"text": "while it was down"})
        with serving(address, "--port", server.port) as server:
            server.say("the last")
            assert received.result() == [["before", "while it was down", "the last"]] * 500


def test_24_a_signal_ends_the_server_within_5_s_whatever_is_open(address: str) -> None:
    with serving(address) as server:
        cursor = server.say("a")["id"]
        with (
            subscribers(server, 500, cursor),
            connection(server, b"GET / HTTP/1.1\r\nHost: "),  # half a head
            connection(
                server, b"POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
            ),
            connection(server, b"GET /img/silk.webp HTTP/1.1\r\nHost: localhost\r\n\r\n", 1024),
            ThreadPoolExecutor() as pool,
        ):
            wait = pool.submit(httpx.get, f"{server.url}/messages/wait?after={cursor}", timeout=30)
            events = pool.submit(lambda: [texts(p) for p in server_sent_events(server, cursor)])
            frames = pool.submit(lambda: [texts(p) for p in websocket(server, cursor)])
            until(lambda: waiting(server) == 503)
            server.process.terminate()
            assert wait.result().json()["messages"] == []
            assert not any(events.result())
            with pytest.raises(ConnectionClosed) as closed:
                frames.result()
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 1012
            assert server.process.wait(timeout=5) == 0
    assert [message.text for message in server.dialog.newest(9).messages] == ["a"]


@posix
def test_25_a_post_sent_again_after_a_timeout_is_one_message(server: Server) -> None:
    server.process.send_signal(signal.SIGSTOP)
    with pytest.raises(httpx.ReadTimeout):
        server.client.post("/messages", json={"text": "a", "nonce": "n"}, timeout=0.2)
    server.process.send_signal(signal.SIGCONT)
    posted = [server.say("a", nonce="n") for _ in range(2)]
    assert posted[0] == posted[1]
    assert server.client.get("/messages").json()["messages"] == posted[:1]


def test_25_a_nonce_stands_for_one_message_after_a_restart_too(address: str) -> None:
    with serving(address) as server:
        first = server.say("hi", nonce="n1")
        server.process.kill()
        server.process.wait()
    with serving(address) as server:
        assert server.say("hi", nonce="n1") == first
        assert texts(server.client.get("/messages").json()) == ["hi"]


def test_a_silent_stream_sends_empty_pages_as_a_heartbeat(path: Path) -> None:
    with serving(path, patch=patches.short_heartbeat) as server:
        cursor = server.cursor()
        nothing = {"messages": [], "next": cursor, "more": False}
        with connection(server, waiting_requests(cursor)[long_polling]) as poll:
            for method in (websocket, server_sent_events):
                pages = method(server, cursor)
                assert [next(pages) for _ in range(3)] == [nothing] * 3
            posted = server.say("at last")
            assert status(poll) == 200  # one answer, without heartbeats
            later = next(received for page in pages if (received := texts(page)))
            assert later == [posted["text"]]
