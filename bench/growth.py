"""Growth: what everything costs on a dialog of none to ten million messages."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import httpx

from bench import peers
from dialog import Dialog, timestamp
from dialog.file import _hashed
from dialog.trim import HASHED

SIZES = [0, 10_000, 1_000_000, 10_000_000]
BLOCK = 10_000
TIMES = 30
Costs = dict[int, float]


def costs() -> dict[str, Costs]:
    """Return, for each kind of cost, what it is at each size: milliseconds, and megabytes."""
    found: dict[str, Costs] = {}
    with tempfile.TemporaryDirectory(dir=peers.ROOT) as folder:
        path = Path(folder) / "dialog.jsonl"
        for size in SIZES:
            print(f"growth: {size:,} messages", flush=True)
            grow(path, size)
            for name, cost in measured(path).items():
                found.setdefault(name, {})[size] = cost
    return found


def ratio(costs: Costs) -> float:
    """Return the cost at ten million messages to that at ten thousand."""
    return costs[SIZES[-1]] / costs[SIZES[1]]


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
        place = file.tell()
        file.seek(max(0, place - HASHED))
        return _hashed(place, file.read(place)[:HASHED])


def measured(path: Path) -> dict[str, float]:
    """Return the costs on this dialog."""
    starts = [timed(lambda: end(start_robot(path))) for _ in range(3)]
    servers = [timed(lambda: start_server(path)) for _ in range(3)]
    with peers.ours(0, dialog=path) as server:
        url = f"http://127.0.0.1:{server.port}"
        with httpx.Client(base_url=url) as client:
            tip, half = Dialog(path).newest(1).next, middle(path)
            asked: dict[str, Callable[[], httpx.Response]] = {
                "first page, ms": lambda: client.get("/"),
                "page from the middle, ms": lambda: client.get(f"/messages?before={half}"),
                "poll, ms": lambda: client.get(f"/messages?after={tip}"),
                "post, ms": lambda: client.post("/messages", json={"text": "hello"}),
            }
            found = {name: often(ask) for name, ask in asked.items()}
        memory = server.memory() / 1e6
    return {
        "start of the server, ms": median(servers),
        "start of the robot, ms": median(starts),
        **found,
        "memory of the server, MB": memory,
    }


def often(ask: Callable[[], httpx.Response]) -> float:
    """Return the median of many requests, in milliseconds."""
    ask().raise_for_status()
    return median(timed(ask) for _ in range(TIMES))


def timed(work: Callable[[], object]) -> float:
    """Return how long this takes, in milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def start_server(path: Path) -> None:
    """Start a server; it is there when it takes a connection."""
    with peers.ours(0, dialog=path):
        pass


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
