"""Fan-out: many subscribers, one message a second. Measures cost and delay of a delivery."""

import threading
import time
from statistics import median, quantiles
from typing import NamedTuple

from bench.processes import Running, Start
from bench.subscribers import Subscribers, time_stamp

WARM_UP = 10  # subscribers
LEAVING = 1.0  # second in which a server notices that all have left
TIMEOUT = 30.0  # seconds after the last message, until every subscriber must have it


class FanOut(NamedTuple):
    """The results; times in seconds, memory in bytes."""

    cpu: float  # of the server, for one delivery
    joining: float  # of the server, for one subscriber that connects and gets its first message
    median: float  # of the delay from sending to receipt
    p99: float  # 99th percentile of that delay
    memory: float  # of the server, for one subscriber
    lost: int  # deliveries
    leaving: float  # of the server, for one subscriber that disconnects


def fan_out(start: Start, method: str, subscribers: int, messages: int) -> FanOut:
    """Return what it costs to deliver `messages` to `subscribers`, one message a second."""
    with start(subscribers) as server:
        warm_up(server, method)
        memory_before = server.memory()
        cpu_before = server.cpu()
        clients = Subscribers(server.port, method, subscribers)
        try:
            clients.wait_until_subscribed(server.publish)
            joining = (server.cpu() - cpu_before) / subscribers
            memory = (server.memory() - memory_before) / subscribers
            clients.received = 0
            clients.delays.clear()
            cpu_before = server.cpu()
            publisher = threading.Thread(target=publish_each_second, args=(server, messages))
            publisher.start()
            clients.receive(subscribers * messages, messages + TIMEOUT)
            publisher.join()
            cpu = (server.cpu() - cpu_before) / max(1, clients.received)
        finally:
            clients.close()
        cpu_before = server.cpu()
        time.sleep(LEAVING)
        leaving = (server.cpu() - cpu_before) / subscribers
    p99 = quantiles(clients.delays, n=100)[98]
    lost = subscribers * messages - clients.received
    return FanOut(cpu, joining, median(clients.delays), p99, memory, lost, leaving)


def warm_up(server: Running, method: str) -> None:
    """Connect a few subscribers first, so that one-time costs are not counted."""
    clients = Subscribers(server.port, method, WARM_UP)
    clients.wait_until_subscribed(server.publish)
    clients.close()


def publish_each_second(server: Running, messages: int) -> None:
    """Publish `messages`, one a second."""
    started = time.monotonic()
    for tick in range(messages):
        time.sleep(max(0.0, started + tick + 0.5 - time.monotonic()))
        server.publish(time_stamp())
