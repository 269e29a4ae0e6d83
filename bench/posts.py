"""Posts: acknowledged and on the disk, a second; beside a bare loop of lock, write and flush."""

import os
import select
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from filelock import FileLock

from bench import peers
from bench.peers import Start

SECONDS = 1.0
BODY = b'{"text": "hello from one of many"}'
HEAD = b"POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
REQUEST = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
LINE = b'{"time": "2026-11-23T09:40:00.123Z", "role": "user", "text": "hello from one of many"}\n'


def rates(rounds: int) -> dict[str, float]:
    """Return posts a second for each of what is compared; these take turns."""
    measured: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, measure in compared().items():
            print(f"posts: {name}", flush=True)
            measured.setdefault(name, []).append(measure())
    return {name: median(found) for name, found in measured.items()}


def compared() -> dict[str, Callable[[], float]]:
    """Return what is compared."""
    found: dict[str, Callable[[], float]] = {
        "lock, write, fsync": bare,
        "ours, 1 poster": lambda: posted(peers.ours, 1),
        "ours, 8 posters": lambda: posted(peers.ours, 8),
        "ours, 64 posters": lambda: posted(peers.ours, 64),
        "Flask threads, 64 posters, nothing on disk": lambda: posted(peers.flask_threads, 64),
    }
    if "ours on Redis" not in peers.missing():
        found["ours on Redis, 64 posters"] = lambda: posted(peers.ours_on_redis, 64)
    return found


def bare() -> float:
    """Write to a file as durably as ours, one line at a time, with no server."""
    with tempfile.TemporaryDirectory(dir=peers.ROOT) as folder:
        path, lock = Path(folder) / "lines", FileLock(Path(folder) / "lock")
        count, started = 0, time.monotonic()
        while time.monotonic() < started + SECONDS:
            with lock, path.open("ab", buffering=0) as file:
                file.write(LINE)
                os.fsync(file.fileno())
            count += 1
        return count / (time.monotonic() - started)


def posted(start: Start, posters: int) -> float:
    """Post to a server."""
    with start(posters) as server:
        return rate(server.port, posters)


def rate(port: int, posters: int) -> float:
    """Let so many post, each again as soon as it has its answer. Returns posts a second."""
    poll = select.epoll()
    clients = {}
    for _ in range(posters):
        client = socket.create_connection(("127.0.0.1", port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.send(REQUEST)
        clients[client.fileno()] = client
        poll.register(client, select.EPOLLIN)
    count, started = 0, time.monotonic()
    while time.monotonic() < started + SECONDS:
        for number, _ in poll.poll(0.1):
            answer = clients[number].recv(65536)
            if not answer:
                raise ConnectionError
            if answer.rstrip().endswith(b"}"):  # head and body may come apart
                count += 1
                clients[number].send(REQUEST)
    seconds = time.monotonic() - started
    for client in clients.values():
        client.close()
    return count / seconds
