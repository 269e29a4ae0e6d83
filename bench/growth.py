"""Growth: what each operation costs on dialogs of 0 to 10 million messages."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx

from bench.peers import serving
from bench.processes import ROOT, stop
from dialog import FileStore, timestamp

SIZES = [0, 10_000, 1_000_000, 10_000_000]  # messages
BLOCK = 10_000  # messages
REQUESTS = 40  # of each kind
STARTS = 3
Costs = list[float]  # one for each size


class Grown(NamedTuple):
    """A dialog file, and the id of a message in its middle."""

    path: Path
    middle: str


@contextmanager
def dialogs() -> Iterator[list[Grown]]:
    """Write a dialog of each size."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        grown = []
        for size in SIZES:
            print(f"growth: writing {size:,} messages", flush=True)
            grown.append(grow(Path(folder) / f"{size}.jsonl", size))
        os.sync()  # so that the system is not still writing during the measurements
        yield grown


def costs(grown: list[Grown]) -> dict[str, Costs]:
    """Return the cost of each operation at each size. The sizes take turns."""
    print("growth: measuring", flush=True)
    paths = [path for path, _ in grown]
    servers_started = [partial(time_server, path) for path in paths]
    robots_started = [partial(time_robot, path) for path in paths]
    costs = {
        "start of the server, ms": in_turns(servers_started, STARTS),
        "start of the robot, ms": in_turns(robots_started, STARTS),
    }
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(str(path))) for path in paths]
        urls = [f"http://127.0.0.1:{server.port}" for server in servers]
        clients = [stack.enter_context(httpx.Client(base_url=url)) for url in urls]
        polls = [f"/messages?after={FileStore(path).newest(1).next}" for path in paths]
        pages = [f"/messages?before={middle}" for _, middle in grown]
        for name, queries in (
            ("first page, ms", ["/"] * len(paths)),
            ("page from the middle, ms", pages),
            ("poll, ms", polls),
            ("search, ms", ["/messages?search=hello"] * len(paths)),
        ):
            requests = [partial(timed, c.get, q) for c, q in zip(clients, queries, strict=True)]
            costs[name] = in_turns(requests, REQUESTS)
        requests = [partial(timed, c.post, "/messages", json={"text": "hello"}) for c in clients]
        costs["post, ms"] = in_turns(requests, REQUESTS)
        costs["memory of the server, MB"] = [server.memory() / 1e6 for server in servers]
    return costs


def in_turns(measures: Sequence[Callable[[], float]], times: int) -> Costs:
    """Return the median of each measure over `times` rounds, after one round to warm up."""
    rounds = [[measure() for measure in measures] for _ in range(times + 1)]
    return [median(results) for results in zip(*rounds[1:], strict=True)]


def ratio(costs: Costs) -> float:
    """Return the cost at 10 million messages, divided by the cost at 10 thousand."""
    return costs[-1] / costs[1]


def grow(path: Path, size: int) -> Grown:
    """Write a dialog of `size` messages. One in a hundred is a person's, and has a reply."""
    remark = f'{{"time": "{timestamp()}", "role": "robot", "author": "Robot", "text": "%d"}}\n'
    hello = f'{{"time": "{timestamp()}", "role": "user", "author": "Ann", "text": "hello %d"}}\n'
    reply = '{"role": "robot", "text": "Hi Ann!", "reply_to": "9-0123456789abcdef"}\n'
    lines = [remark % number for number in range(BLOCK)]
    lines[98::100] = [hello % number for number in range(BLOCK // 100)]
    lines[99::100] = [reply] * (BLOCK // 100)
    block = "".join(lines).encode()
    blocks = size // BLOCK
    write_blocks(path, block, blocks // 2)
    middle = FileStore(path).end()
    write_blocks(path, block, blocks - blocks // 2)
    return Grown(path, middle)


def write_blocks(path: Path, block: bytes, count: int) -> None:
    """Append `block` to a file `count` times."""
    with path.open("ab") as file:
        for _ in range(count):
            file.write(block)


def timed(work: Callable[..., object], *args: object, **options: object) -> float:
    """Return how long a call takes, in milliseconds."""
    started = time.perf_counter()
    work(*args, **options)
    return (time.perf_counter() - started) * 1e3


def time_server(path: Path) -> float:
    """Return how long the server takes until it answers a request, in milliseconds."""
    started = time.perf_counter()
    with serving(str(path)) as server:
        httpx.get(f"http://127.0.0.1:{server.port}/healthz")
        return (time.perf_counter() - started) * 1e3


def time_robot(path: Path) -> float:
    """Return how long the robot takes until it writes a remark, in milliseconds."""
    started = time.perf_counter()
    robot = start_robot(path)
    milliseconds = (time.perf_counter() - started) * 1e3
    stop(robot)
    return milliseconds


def start_robot(path: Path) -> "subprocess.Popen[bytes]":
    """Start a robot and return its process after its first remark."""
    size = path.stat().st_size
    command = [sys.executable, "robot.py", "--every", "0.1", "--dialog", str(path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while path.stat().st_size == size:
        time.sleep(0.001)
    return process
