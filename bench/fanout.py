"""Fan-out: many clients wait, a message a second; what a delivery costs, and how long it takes."""

import threading
import time
from statistics import median, quantiles
from typing import NamedTuple

from bench.audience import Audience, now
from bench.peers import Running, Start

FEW = 10  # clients
PATIENCE = 30.0  # seconds, for all to have what was said


class FanOut(NamedTuple):
    """What came out; times in seconds, memory in bytes."""

    cpu: float  # of the server, for a delivery
    joining: float  # of the server, for a client that comes and hears the first message
    median: float
    p99: float
    memory: float
    lost: int


def fan_out(start: Start, way: str, clients: int, messages: int) -> FanOut:
    """Let so many clients listen to so many messages, one a second."""
    with start(clients) as server:
        rehearse(server, way)
        empty = server.memory()
        before = server.cpu()
        audience = Audience(server.port, way, clients)
        try:
            audience.hear(server.publish)
            joining = (server.cpu() - before) / clients
            memory = (server.memory() - empty) / clients
            audience.received = 0
            audience.delays.clear()
            cpu = server.cpu()
            speaking = threading.Thread(target=speak, args=(server, messages))
            speaking.start()
            audience.listen_for(messages + PATIENCE, clients * messages)
            speaking.join()
            cpu = (server.cpu() - cpu) / max(1, audience.received)
        finally:
            audience.close()
    p99 = quantiles(audience.delays, n=100)[98]
    lost = clients * messages - audience.received
    return FanOut(cpu, joining, median(audience.delays), p99, memory, lost)


def rehearse(server: Running, way: str) -> None:
    """Let a few come and go, so that what is made once does not count for each."""
    audience = Audience(server.port, way, FEW)
    audience.hear(server.publish)
    audience.close()


def speak(server: Running, messages: int) -> None:
    """Say something each second."""
    started = time.monotonic()
    for tick in range(messages):
        time.sleep(max(0.0, started + tick + 0.5 - time.monotonic()))
        server.publish(now())
