"""When bytes arrive on a simulated network, with a clock that the test sets."""

from random import Random

import pytest

from web.lab.link import HANDSHAKE_TIMEOUT, MIN_TIMEOUT, PACKET, Link
from web.lab.networks import LOCAL, NETWORKS, Network


def link_on(network: Network) -> Link:
    link = Link(Random(0))
    link.change(network, 0.0)
    return link


def test_a_local_network_delivers_at_once() -> None:
    assert link_on(LOCAL).arrival(10_000, 5.0) == 5.0


def test_bytes_wait_for_those_that_were_sent_before() -> None:
    link = link_on(Network("slow", "", "", latency=0.5, bandwidth=1000))
    assert link.arrival(500, 0.0) == 1.0
    assert link.arrival(500, 0.0) == 1.5
    assert link.arrival(500, 10.0) == 11.0


def test_offline_tcp_sends_again_after_timeouts_that_double() -> None:
    link = link_on(NETWORKS["offline"])
    tries = [MIN_TIMEOUT * (2**number - 1) for number in range(6)]
    assert link.arrival(100, 0.0) == pytest.approx(next(each for each in tries if each >= 5.0))
    assert link.arrival(100, 4.9) == pytest.approx(4.9 + MIN_TIMEOUT)
    assert link.arrival(100, 5.0) == 5.0


def test_a_connection_that_begins_offline_waits_for_longer_timeouts() -> None:
    assert link_on(NETWORKS["offline"]).handshake(0.0) == 7 * HANDSHAKE_TIMEOUT


def test_a_tenth_of_the_packets_is_lost_on_a_lossy_network() -> None:
    network = NETWORKS["lossy"]
    link = link_on(network)
    count = 10_000
    # Sent far apart, so that no packet waits for the bandwidth.
    late = sum(link.arrival(PACKET, float(n)) - n > 2 * network.latency for n in range(count))
    assert late / count == pytest.approx(network.loss, rel=0.1)
