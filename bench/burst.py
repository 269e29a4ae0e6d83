"""Burst: 50,000 messages at once, and 100 readers: how long until all have all."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import peers
from bench.audience import Audience, now
from bench.peers import EVENTS, LONG_POLLING, WEB_SOCKET

MESSAGES = 50_000
READERS = 100
PATIENCE = 60.0  # seconds


def seconds() -> dict[str, float]:
    """Return how many seconds it takes, in each way that waits."""
    found = {}
    for way in (LONG_POLLING, WEB_SOCKET, EVENTS):
        print(f"burst: {way}", flush=True)
        with TemporaryDirectory(dir=peers.ROOT) as folder:
            path = Path(folder) / "dialog.jsonl"
            found[way] = round(time_burst(path, way), 2)
    return found


def time_burst(path: Path, way: str) -> float:
    """Return how many seconds it takes until all readers have all. SystemExit: they never do."""
    with peers.serving(str(path)) as server:
        audience = Audience(server.port, way, READERS)
        audience.hear(server.publish)
        audience.received = 0
        started = time.monotonic()
        with path.open("a") as file:
            file.write(f'{{"text": "{now()}"}}\n' * MESSAGES)
        audience.listen_for(PATIENCE, MESSAGES * READERS)
        seconds = time.monotonic() - started
        audience.close()
    if audience.received < MESSAGES * READERS:
        sys.exit(f"{MESSAGES * READERS - audience.received} messages were lost or too late.")
    return seconds
