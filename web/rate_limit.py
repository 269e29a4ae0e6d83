"""How often something may be done: a burst at once, then so many a second."""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

KEYS = 10_000  # remembered at once; whoever has not been here for long needs no memory


class Limit:
    """So many at once, then so many a second, for each key. Safe between threads.

    All there is to know of a key is the moment at which its whole burst is free again. A `rate`
    of 0 limits nothing.
    """

    def __init__(
        self, burst: int, rate: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._each = 1 / rate if rate > 0 else 0.0
        self._burst = burst * self._each
        self._clock = clock
        self._free_at: OrderedDict[str, float] = OrderedDict()
        self._mutex = threading.Lock()

    def wait(self, key: str) -> float:
        """Return how many seconds from now there is one to take; 0.0: now."""
        now = self._clock()
        return max(0.0, self._free_at.get(key, now) + self._each - now - self._burst)

    def take(self, key: str) -> float:
        """Take one, if that can be done now. Returns what `wait` would."""
        with self._mutex:
            if wait := self.wait(key):
                return wait
            now = self._clock()
            self._free_at[key] = max(now, self._free_at.get(key, now)) + self._each
            self._free_at.move_to_end(key)
            oldest = next(iter(self._free_at))
            if self._free_at[oldest] <= now or len(self._free_at) > KEYS:
                del self._free_at[oldest]
            return 0.0


def source(address: str | None) -> str:
    """Return what counts as one client: an address; of IPv6 the network that one customer has."""
    if address and ":" in address:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    return address or ""
