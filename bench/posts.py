"""Posts: how many a second are flushed and acknowledged, compared with a bare loop."""

import math
import os
import select
import socket
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path
from statistics import median

from filelock import FileLock

from bench import peers
from bench.processes import ROOT, Start

SECONDS = 1.0
BODY = b'{"text": "hello from one of many"}'
HEAD = b"POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
REQUEST = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
LINE = b'{"time": "2026-11-23T09:40:00.123Z", "role": "user", "text": "hello from one of many"}\n'


def rates(rounds: int, names: Collection[str] = ()) -> dict[str, float]:
    """Return the median posts a second of each measure, or of those named. They take turns."""
    measured: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, measure in measures().items():
            if names and name not in names:
                continue
            print(f"posts: {name}", flush=True)
            measured.setdefault(name, []).append(measure())
    return {name: median(rates) for name, rates in measured.items()}


def measures() -> dict[str, Callable[[], float]]:
    """Return what to measure, by name."""
    by_name: dict[str, Callable[[], float]] = {
        "lock, write, fsync": bare_loop,
        "ours, 1 poster": lambda: posted(peers.ours, 1),
        "ours, 8 posters": lambda: posted(peers.ours, 8),
        "ours, 64 posters": lambda: posted(peers.ours, 64),
        "Flask threads, 64 posters, nothing on disk": lambda: posted(peers.flask_threads, 64),
    }
    if "ours on Redis" not in peers.missing():
        by_name["ours on Redis, 64 posters"] = lambda: posted(peers.ours_on_redis, 64)
    return by_name


def bare_loop() -> float:
    """Return lines a second of a loop of lock, write and flush, without a server."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        path, lock = Path(folder) / "lines", FileLock(Path(folder) / "lock")
        count, started = 0, time.monotonic()
        while time.monotonic() < started + SECONDS:
            with lock, path.open("ab", buffering=0) as file:
                file.write(LINE)
                os.fsync(file.fileno())
            count += 1
        return count / (time.monotonic() - started)


def posted(start: Start, posters: int) -> float:
    """Return posts a second of a server."""
    with start(posters) as server:
        return rate(server.port, posters)


def rate(port: int, posters: int) -> float:
    """Return posts a second of `posters`. Each posts again as soon as it has its answer.

    The clock starts when every poster has an answer, because workers may still be starting.
    """
    epoll = select.epoll()
    clients = {}
    for _ in range(posters):
        client = socket.create_connection(("127.0.0.1", port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.send(REQUEST)
        clients[client.fileno()] = client
        epoll.register(client, select.EPOLLIN)
    count, started = 0, math.inf
    unanswered = set(clients)
    while time.monotonic() < started + SECONDS:
        if not unanswered and started == math.inf:
            count, started = 0, time.monotonic()
        for number, _ in epoll.poll(0.1):
            answer = clients[number].recv(65536)
            if not answer:
                raise ConnectionError
            if answer.rstrip().endswith(b"}"):  # the head may come before the body
                count += 1
                unanswered.discard(number)
                clients[number].send(REQUEST)
    seconds = time.monotonic() - started
    for client in clients.values():
        client.close()
    return count / seconds
