"""The networks and the message sources that a viewer of the lab can choose."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """A network between the page and the server, as one connection meets it."""

    name: str
    title: str
    sentence: str  # explains it to a reader of the page
    latency: float = 0.0  # seconds in each direction
    bandwidth: float = math.inf  # bytes a second in each direction
    loss: float = 0.0  # the share of packets that are lost
    lasts: float = math.inf  # seconds until the network is local again
    cuts_after: float = math.inf  # seconds from a request until its connection is cut
    buffers: bool = False  # whether a response of unknown length is held back until it ends
    refuses_upgrade: bool = False
    in_page: bool = False  # whether the page alone makes the fault, so that it needs no lab

    @property
    def is_proxy(self) -> bool:
        """Whether connections have to be opened again, because another machine answers them."""
        return self.buffers or self.refuses_upgrade


LOCAL = Network("local", "This machine", "No delay and no loss.", in_page=True)

# 4G and 3G have the delays and the bandwidths that WebPageTest uses for LTE and 3G.
NETWORKS = {
    network.name: network
    for network in (
        LOCAL,
        Network("4g", "4G", "70 ms there and back, 12 Mbit/s.", latency=0.035, bandwidth=1_500_000),
        Network("3g", "3G", "300 ms there and back, 1.6 Mbit/s.", latency=0.15, bandwidth=200_000),
        Network(
            "lossy",
            "Lossy Wi-Fi",
            "70 ms there and back, and every tenth packet is lost. TCP sends it again after a "
            "timeout that doubles.",
            latency=0.035,
            bandwidth=1_500_000,
            loss=0.1,
        ),
        Network(
            "offline",
            "Offline",
            "No packet arrives for 5 s. Connections stay open, and TCP sends again what was lost.",
            loss=1.0,
            lasts=5.0,
        ),
        Network(
            "buffering",
            "Buffering proxy",
            "A proxy that passes on a response when it is complete. Server-sent events never are.",
            buffers=True,
        ),
        Network(
            "no-upgrade",
            "Proxy without WebSocket",
            "A proxy that answers 403 to a request with the header Upgrade.",
            refuses_upgrade=True,
        ),
        Network(
            "cut",
            "Router that cuts",
            "A router that cuts a connection 30 s after a request began on it.",
            cuts_after=30.0,
        ),
        Network(
            "asleep",
            "Sleeping tab",
            "The page closes its connections for 6 s, as a browser does with a tab that sleeps. "
            "Then it continues from its cursors.",
            lasts=6.0,
            in_page=True,
        ),
    )
}


@dataclass(frozen=True)
class Source:
    """A source of messages."""

    name: str
    title: str
    interval: float  # seconds between two messages
    is_random: bool = False  # whether the interval is the mean of a Poisson process


SOURCES = {
    source.name: source
    for source in (
        Source("quiet", "Only when I say so", math.inf),
        Source("slow", "One in 10 s", 10.0),
        Source("second", "One a second, at random", 1.0, is_random=True),
        Source("fast", "Ten a second, at random", 0.1, is_random=True),
    )
}
DEFAULT_SOURCE = SOURCES["second"]
