"""Hard cases 18-20 and 23-25: what clients do. (21 and 22 need a browser.)"""

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

from tests.conftest import Server, serving
from tests.delivery_methods import (
    DeliveryMethod,
    events,
    heads,
    long_polling,
    raw,
    read,
    status,
    texts,
    waiting,
    web_socket,
)
from tests.messages import by_hand
from tests.waiting import until

pytestmark = pytest.mark.both
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a process has")
posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")


POOL = 40  # threads, and their connections to Redis, come as they are needed


def resources(server: Server) -> tuple[int, int]:
    """How many threads and descriptors it has."""
    process = Path("/proc") / str(server.process.pid)
    return len(list((process / "task").iterdir())), len(list((process / "fd").iterdir()))


def memory(server: Server) -> int:
    """How many MB it has."""
    status = (Path("/proc") / str(server.process.pid) / "status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


@contextlib.contextmanager
def crowd(server: Server, count: int, cursor: str | None = None) -> Iterator[None]:
    """So many clients of all kinds that wait, and then leave all at once."""
    before = waiting(server)
    with contextlib.ExitStack() as clients:
        for number in range(count):
            clients.enter_context(raw(server, list(heads(cursor).values())[number % 3]))
        until(lambda: waiting(server) == before + count)
        yield


@linux
def test_18_a_thousand_that_leave_in_mid_wait_leave_nothing(server: Server) -> None:
    def wave() -> tuple[int, int]:
        with crowd(server, 1000):
            pass
        until(lambda: waiting(server) == 0)
        server.client.close()
        server.client = httpx.Client(base_url=server.url)
        return resources(server)

    server.say("all threads are there")
    threads, descriptors = wave()
    needed = memory(server)
    for _ in range(2):
        until(lambda: resources(server)[1] <= descriptors + POOL)
        assert wave()[0] <= threads + POOL
    assert memory(server) < needed + 10


LAZY = "import web.uvicorn_protocols as protocols; protocols.READ_TIMEOUT = 0.3"


@posix
@pytest.mark.parametrize("way", [web_socket, events])
def test_19_a_client_that_stops_reading_delays_nobody_and_can_go_on_later(
    address: str, way: DeliveryMethod
) -> None:
    with serving(address, patch=LAZY) as server:
        cursor = server.cursor()
        others = way(server, cursor)
        with raw(server, heads(cursor)[way], room=4096):
            until(lambda: waiting(server) == 1)
            by_hand(server.dialog, *[{"text": "x" * 2000}] * 8000)  # more than systems keep for us
            heard = read(others, 8000)
            until(lambda: waiting(server) == 1)  # the other one
            assert [m["text"] for m in heard] == ["x" * 2000] * 8000
        assert read(way(server, cursor), 8000) == heard


def test_20_a_socket_that_vanishes_without_a_goodbye_is_noticed(address: str) -> None:
    with (
        serving(address, patch="server.PING_INTERVAL = 0.2") as server,
        raw(server, heads()[web_socket]),  # stays open, but answers no ping
        connect(f"{server.url.replace('http', 'ws')}/messages/socket") as answers,
    ):
        until(lambda: waiting(server) == 2)
        until(lambda: waiting(server) == 1)
        said = server.say("still there?")
        assert json.loads(answers.recv(timeout=10))["messages"] == [said]


async def ask(server: Server, query: str) -> dict[str, Any]:
    """One answer, on a connection of its own. OSError, EOFError: none came."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with contextlib.closing(writer):
        writer.write(f"GET {query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        if not head:
            raise EOFError
        return dict(json.loads(body))


@posix
def test_23_500_clients_of_a_server_that_is_killed_go_on_from_their_cursors(address: str) -> None:
    async def client(server: Server, cursor: str, heard: list[str]) -> None:
        while heard[-1:] != ["the last"]:
            try:
                page = await ask(server, f"/messages/wait?after={cursor}")
            except (OSError, EOFError, ValueError):
                await asyncio.sleep(0.1)  # the page waits longer, and by chance
                continue
            heard += texts(page)
            cursor = page["next"]

    async def all_clients(server: Server, cursor: str) -> list[list[str]]:
        heard: list[list[str]] = [[] for _ in range(500)]
        async with asyncio.TaskGroup() as clients:
            for one in heard:
                clients.create_task(client(server, cursor, one))
        return heard

    with ThreadPoolExecutor() as pool:
        with serving(address) as server:
            cursor = server.cursor()
            heard = pool.submit(lambda: asyncio.run(all_clients(server, cursor)))
            until(lambda: waiting(server) == 500)
            server.say("before")
            until(lambda: waiting(server) == 500)
            server.process.kill()
            server.process.wait()
        by_hand(server.dialog, {"text": "while it was away"})
        with serving(address, "--port", server.url.rpartition(":")[2]) as server:
            server.say("the last")
            assert heard.result() == [["before", "while it was away", "the last"]] * 500


def test_24_a_signal_ends_it_soon_whatever_is_open(address: str) -> None:
    with serving(address) as server:
        cursor = server.say("a")["id"]
        with (
            crowd(server, 500, cursor),
            raw(server, b"GET / HTTP/1.1\r\nHost: "),  # half a head
            raw(server, b"POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"),
            raw(server, b"GET /img/silk.webp HTTP/1.1\r\nHost: x\r\n\r\n", room=1024),
            ThreadPoolExecutor() as pool,
        ):
            wait = pool.submit(httpx.get, f"{server.url}/messages/wait?after={cursor}", timeout=30)
            stream = pool.submit(lambda: [texts(p) for p in events(server, cursor)])
            socket = pool.submit(lambda: [texts(p) for p in web_socket(server, cursor)])
            until(lambda: waiting(server) == 503)
            server.process.terminate()
            assert wait.result().json()["messages"] == []
            assert not any(stream.result())
            with pytest.raises(ConnectionClosed) as closed:
                socket.result()
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 1012
            assert server.process.wait(timeout=5) == 0
    assert [message.text for message in server.dialog.newest(9).messages] == ["a"]


@posix
def test_25_a_post_that_times_out_and_is_sent_again_is_one_message(server: Server) -> None:
    server.process.send_signal(signal.SIGSTOP)
    with pytest.raises(httpx.ReadTimeout):
        server.client.post("/messages", json={"text": "a", "nonce": "n"}, timeout=0.2)
    server.process.send_signal(signal.SIGCONT)
    said = [server.say("a", nonce="n") for _ in range(2)]
    assert said[0] == said[1]
    assert server.client.get("/messages").json()["messages"] == said[:1]


def test_25_a_nonce_gives_one_message_also_after_a_restart(address: str) -> None:
    with serving(address) as server:
        first = server.say("hi", nonce="n1")
        server.process.kill()
        server.process.wait()
    with serving(address) as server:
        assert server.say("hi", nonce="n1") == first
        assert texts(server.client.get("/messages").json()) == ["hi"]


def test_a_silent_stream_shows_that_it_is_alive(path: Path) -> None:
    with serving(path, patch="import web.delivery.base as b; b.HEARTBEAT = 0.1") as server:
        cursor = server.cursor()
        with raw(server, heads(cursor)[long_polling]) as poll:  # asked for one answer: no beats
            for way in (web_socket, events):
                pages = way(server, cursor)
                assert [next(pages) for _ in range(3)] == [
                    {"messages": [], "next": cursor, "more": False}
                ] * 3
            said = server.say("at last")
            assert status(poll) == 200
            assert texts(next(pages)) == [said["text"]]
