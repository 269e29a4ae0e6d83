"""The robot: how fast it replies, and how exactly it keeps to one remark a second."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import mean, median, quantiles

from bench.growth import start_robot
from bench.processes import ROOT, stop
from dialog import FileStore

SECONDS = 300
QUESTIONS = 50
Figures = dict[str, float]


def reply_times() -> Figures:
    """Return the milliseconds from a message to the robot's reply."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        path = Path(folder) / "dialog.jsonl"
        path.touch()
        robot = start_robot(path)
        dialog = FileStore(path)
        times = []
        for _ in range(QUESTIONS):
            message = dialog.append("hello")
            started = time.perf_counter()
            while not any(m.reply_to == message.id for m in dialog.after(message.id, 10).messages):
                time.sleep(0.0002)
            times.append((time.perf_counter() - started) * 1e3)
        stop(robot)
    return {"median ms": round(median(times), 2), "worst ms": round(max(times), 2)}


@contextmanager
def remarks() -> Iterator[Callable[[], Figures]]:
    """Run a robot in the background. Yields a function that waits for 300 s of its remarks."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        path = Path(folder) / "dialog.jsonl"
        path.touch()
        command = [sys.executable, "robot.py", "--dialog", str(path)]
        robot = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

        def figures() -> Figures:
            while len(messages := FileStore(path).newest(SECONDS + 1).messages) <= SECONDS:
                time.sleep(1)
            return errors([datetime.fromisoformat(m.time).timestamp() for m in messages])

        try:
            yield figures
        finally:
            stop(robot)


def errors(times: list[float]) -> Figures:
    """Return how far `times` are from one a second, in milliseconds."""
    late = [(at - times[0] - number) * 1e3 for number, at in enumerate(times)]
    usual = median(late)
    error = [abs(each - usual) for each in late]
    return {
        "ticks": len(times),
        "p99 ms": round(quantiles(error, n=100)[98], 2),
        "worst ms": round(max(error), 2),
        "drift ms": round(mean(late[-50:]) - mean(late[:50]), 2),
    }
