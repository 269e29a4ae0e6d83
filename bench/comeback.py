"""Comeback: how long a restarted server takes to serve all of its subscribers again.

All of them connect at once, from their last cursors. The page would spread them over some seconds.
"""

import tempfile
import time
from pathlib import Path

from bench.peers import DELIVERY_METHODS, serving
from bench.processes import ROOT
from bench.subscribers import Subscribers, time_stamp
from dialog import open_dialog

TIMEOUT = 60.0  # seconds


def seconds(subscribers: int) -> dict[str, dict[str, float]]:
    """Return for each method how long the stop and the comeback take, and what was lost."""
    results = {}
    for method in DELIVERY_METHODS:
        print(f"{subscribers} subscribers come back, {method}", flush=True)
        with tempfile.TemporaryDirectory(dir=ROOT) as folder:
            results[method] = restart(Path(folder) / "dialog.jsonl", method, subscribers)
    return results


def restart(path: Path, method: str, count: int) -> dict[str, float]:
    """Restart a server that has `count` subscribers, who miss one message meanwhile."""
    dialog = open_dialog(str(path))
    with serving(str(path)) as server:
        subscribers = Subscribers(server.port, method, count)
        subscribers.wait_until_subscribed(server.publish)
        cursor = dialog.end()
        stopped = time.monotonic()
    stop = time.monotonic() - stopped
    subscribers.close()
    dialog.append(time_stamp())
    with serving(str(path)) as server:
        started = time.monotonic()
        subscribers = Subscribers(server.port, method, count, f"?after={cursor}")
        subscribers.receive(count, TIMEOUT)
        comeback = time.monotonic() - started
        subscribers.close()
    return {"stop": stop, "comeback": comeback, "lost": count - subscribers.received}
