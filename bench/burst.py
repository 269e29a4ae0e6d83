"""Burst: how long 100 subscribers take to receive 50,000 messages appended at once."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.peers import LONG_POLLING, SERVER_SENT_EVENTS, WEBSOCKET, serving
from bench.processes import ROOT
from bench.subscribers import Subscribers, time_stamp

MESSAGES = 50_000
SUBSCRIBERS = 100
TIMEOUT = 60.0  # seconds


def seconds() -> dict[str, float]:
    """Return the seconds that each waiting delivery method takes."""
    results = {}
    for method in (LONG_POLLING, WEBSOCKET, SERVER_SENT_EVENTS):
        print(f"burst: {method}", flush=True)
        with TemporaryDirectory(dir=ROOT) as folder:
            path = Path(folder) / "dialog.jsonl"
            results[method] = round(time_burst(path, method), 2)
    return results


def time_burst(path: Path, method: str) -> float:
    """Return the seconds until all subscribers have all messages.

    Raises SystemExit after TIMEOUT.
    """
    with serving(str(path)) as server:
        subscribers = Subscribers(server.port, method, SUBSCRIBERS)
        subscribers.wait_until_subscribed(server.publish)
        subscribers.received = 0
        started = time.monotonic()
        with path.open("a") as file:
            file.write(f'{{"text": "{time_stamp()}"}}\n' * MESSAGES)
        subscribers.receive(MESSAGES * SUBSCRIBERS, TIMEOUT)
        seconds = time.monotonic() - started
        subscribers.close()
    if missing := MESSAGES * SUBSCRIBERS - subscribers.received:
        sys.exit(f"{missing:,} messages did not arrive within {TIMEOUT:.0f} seconds.")
    return seconds
