"""The robot: how soon it replies, and how well it keeps its second."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import mean, median, quantiles

from bench.growth import end, start_robot
from bench.peers import ROOT
from dialog import FileStore

SECONDS = 300
ASKED = 50
Found = dict[str, float]


def reply_times() -> Found:
    """Say hello again and again; return the milliseconds from that line to the reply's."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        path = Path(folder) / "dialog.jsonl"
        path.touch()
        robot = start_robot(path)
        dialog = FileStore(path)
        found = []
        for _ in range(ASKED):
            said = dialog.append("hello")
            started = time.perf_counter()
            while not any(m.reply_to == said.id for m in dialog.after(said.id, 10).messages):
                time.sleep(0.0002)
            found.append((time.perf_counter() - started) * 1e3)
        end(robot)
    return {"median ms": round(median(found), 2), "worst ms": round(max(found), 2)}


@contextmanager
def ticking() -> Iterator[Callable[[], Found]]:
    """Let a robot speak each second, beside all else. Gives what waits for 300 s and tells."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        path = Path(folder) / "dialog.jsonl"
        path.touch()
        command = [sys.executable, "robot.py", "--dialog", str(path)]
        robot = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

        def tell() -> Found:
            while len(messages := FileStore(path).newest(SECONDS + 1).messages) <= SECONDS:
                time.sleep(1)
            return errors([datetime.fromisoformat(m.time).timestamp() for m in messages])

        try:
            yield tell
        finally:
            end(robot)


def errors(times: list[float]) -> Found:
    """Return how far these are from one a second, in milliseconds."""
    late = [(at - times[0] - number) * 1e3 for number, at in enumerate(times)]
    usual = median(late)
    error = [abs(one - usual) for one in late]
    return {
        "ticks": len(times),
        "p99 ms": round(quantiles(error, n=100)[98], 2),
        "worst ms": round(max(error), 2),
        "drift ms": round(mean(late[-50:]) - mean(late[:50]), 2),
    }
