"""Growth: what everything costs on a dialog of none to ten million messages."""

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

import httpx

from bench import peers
from dialog import FileStore, timestamp
from dialog.file.lines import LineReader

SIZES = [0, 10_000, 1_000_000, 10_000_000]
BLOCK = 10_000
TIMES = 40  # requests of each kind
STARTS = 3
Costs = list[float]  # one for each size


@contextmanager
def dialogs() -> Iterator[list[Path]]:
    """Write a dialog of each size."""
    with tempfile.TemporaryDirectory(dir=peers.ROOT) as folder:
        paths = [Path(folder) / f"{size}.jsonl" for size in SIZES]
        for size, path in zip(SIZES, paths, strict=True):
            print(f"growth: writing {size:,} messages", flush=True)
            grow(path, size)
        os.sync()  # or it goes on while we measure
        yield paths


def costs(paths: list[Path]) -> dict[str, Costs]:
    """Return what each thing costs at each size, the sizes taking turns."""
    print("growth: measuring", flush=True)
    starts = [partial(time_server, path) for path in paths]
    robots = [partial(time_robot, path) for path in paths]
    found = {
        "start of the server, ms": in_turns(starts, STARTS),
        "start of the robot, ms": in_turns(robots, STARTS),
    }
    with ExitStack() as stack:
        servers = [stack.enter_context(peers.serving(str(path))) for path in paths]
        urls = [f"http://127.0.0.1:{server.port}" for server in servers]
        clients = [stack.enter_context(httpx.Client(base_url=url)) for url in urls]
        polls = [f"/messages?after={FileStore(path).newest(1).next}" for path in paths]
        pages = [f"/messages?before={middle(path)}" for path in paths]
        for name, queries in (
            ("first page, ms", ["/"] * len(paths)),
            ("page from the middle, ms", pages),
            ("poll, ms", polls),
        ):
            asks = [partial(timed, c.get, q) for c, q in zip(clients, queries, strict=True)]
            found[name] = in_turns(asks, TIMES)
        asks = [partial(timed, c.post, "/messages", json={"text": "hello"}) for c in clients]
        found["post, ms"] = in_turns(asks, TIMES)
        found["memory of the server, MB"] = [server.memory() / 1e6 for server in servers]
    return found


def in_turns(measures: Sequence[Callable[[], float]], times: int) -> Costs:
    """Return the median of each, measured so often in turns, after one that does not count."""
    rounds = [[measure() for measure in measures] for _ in range(times + 1)]
    return [median(found) for found in zip(*rounds[1:], strict=True)]


def ratio(costs: Costs) -> float:
    """Return the cost at ten million messages to that at ten thousand."""
    return costs[-1] / costs[1]


def grow(path: Path, size: int) -> None:
    """Write a dialog of so many messages: one in a hundred a person's, with its reply."""
    tick = f'{{"time": "{timestamp()}", "role": "robot", "author": "Robot", "text": "It is %d."}}\n'
    said = f'{{"time": "{timestamp()}", "role": "user", "author": "Ann", "text": "hello %d"}}\n'
    reply = '{"role": "robot", "text": "Hi Ann!", "reply_to": "9-0123456789abcdef"}\n'
    lines = [tick % number for number in range(BLOCK)]
    lines[98::100] = [said % number for number in range(BLOCK // 100)]
    lines[99::100] = [reply] * (BLOCK // 100)
    block = "".join(lines).encode()
    with path.open("wb") as file:
        for _ in range(size // BLOCK):
            file.write(block)


def middle(path: Path) -> str:
    """Return the id of a message in the middle."""
    with path.open("rb") as file:
        file.seek(path.stat().st_size // 2)
        file.readline()
        return LineReader(file).cursor(file.tell())


def timed(work: Callable[..., object], *args: object, **options: object) -> float:
    """Return how long this takes, in milliseconds."""
    started = time.perf_counter()
    work(*args, **options)
    return (time.perf_counter() - started) * 1e3


def time_server(path: Path) -> float:
    """Return how long a server takes until it answers, in milliseconds."""
    started = time.perf_counter()
    with peers.serving(str(path)) as server:
        httpx.get(f"http://127.0.0.1:{server.port}/healthz")
        return (time.perf_counter() - started) * 1e3


def time_robot(path: Path) -> float:
    """Return how long a robot takes until it says something, in milliseconds."""
    started = time.perf_counter()
    robot = start_robot(path)
    milliseconds = (time.perf_counter() - started) * 1e3
    end(robot)
    return milliseconds


def start_robot(path: Path) -> "subprocess.Popen[bytes]":
    """Start a robot; it is there when it has said something."""
    size = path.stat().st_size
    command = [sys.executable, "robot.py", "--every", "0.1", "--dialog", str(path)]
    process = subprocess.Popen(command, cwd=peers.ROOT, stdout=subprocess.DEVNULL)
    while path.stat().st_size == size:
        time.sleep(0.001)
    return process


def end(process: "subprocess.Popen[bytes]") -> None:
    """End it."""
    process.terminate()
    process.wait()
