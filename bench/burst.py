"""Burst: 50,000 messages at once, and 100 readers: how long until all have all."""

import time

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
        with peers.ours(READERS) as server:
            audience = Audience(server.port, way, READERS)
            audience.hear(server.publish)
            audience.received = 0
            started = time.monotonic()
            with server.dialog.open("a") as file:
                file.write(f'{{"text": "{now()}"}}\n' * MESSAGES)
            audience.listen_for(PATIENCE, MESSAGES * READERS)
            found[way] = round(time.monotonic() - started, 2)
            lost = MESSAGES * READERS - audience.received
            audience.close()
            if lost:
                raise SystemExit(f"{lost} messages were lost or too late.")
    return found
