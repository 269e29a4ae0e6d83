"""When bytes arrive on a simulated network: bandwidth, delay, and loss as TCP lets it be seen.

A program that uses TCP never sees a lost packet. It sees silence until TCP has sent the packet
again. The retransmission timeout begins a little above one round trip and doubles each time.
"""

from random import Random

from web.lab.networks import LOCAL, Network

PACKET = 1460  # bytes of data in one packet
MIN_TIMEOUT = 0.2  # seconds that Linux waits at least, on top of a round trip
HANDSHAKE_TIMEOUT = 1.0  # seconds until TCP repeats the first packet of a connection


class Link:
    """One direction of a viewer's network. All connections of the viewer share its bandwidth.

    Time is in seconds and comes from the caller.
    """

    def __init__(self, random: Random) -> None:
        self.network = LOCAL
        self._until = 0.0
        self._random = random
        self._free_at = 0.0

    def change(self, network: Network, now: float) -> None:
        """Switch to another network."""
        self.network = network
        self._until = now + network.lasts

    def arrival(self, size: int, now: float) -> float:
        """Return when `size` bytes arrive that are sent now."""
        self._free_at = max(now, self._free_at) + size / self.network.bandwidth
        packets = -(-size // PACKET)
        timeout = MIN_TIMEOUT + 2 * self.network.latency
        return self._received(packets, self._free_at, timeout)

    def handshake(self, now: float) -> float:
        """Return when one packet of a connection's handshake arrives that is sent now."""
        return self._received(1, now, HANDSHAKE_TIMEOUT)

    def _received(self, packets: int, sent: float, timeout: float) -> float:
        while any(self._loses(sent) for _ in range(packets)):
            sent += timeout
            timeout *= 2
            packets = 1  # the other packets arrived, and wait for this one
        return sent + self.network.latency

    def _loses(self, sent: float) -> bool:
        return sent < self._until and self._random.random() < self.network.loss
