"""A rate limit: how many requests a client may make at once, and after that per second."""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 10_000  # remembered at once; a key whose bucket is full can be forgotten


class RateLimit:
    """Allows `burst` requests at once, then `rate` a second, for each key. A rate of 0 is no limit.

    A token bucket that stores one number per key: the time at which the bucket is full again.
    Safe between threads.
    """

    def __init__(
        self, burst: int, rate: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = 1 / rate if rate > 0 else 0.0
        self._burst = burst * self._interval
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._mutex = threading.Lock()

    def wait(self, key: str) -> float:
        """Return the seconds until the next request is allowed; 0.0 if it is allowed now."""
        now = self._clock()
        return max(0.0, self._full_at.get(key, now) + self._interval - now - self._burst)

    def take(self, key: str) -> float:
        """Count a request if it is allowed now. Returns what `wait` would return."""
        with self._mutex:
            if wait := self.wait(key):
                return wait
            now = self._clock()
            self._full_at[key] = max(now, self._full_at.get(key, now)) + self._interval
            self._full_at.move_to_end(key)
            oldest = next(iter(self._full_at))
            if self._full_at[oldest] <= now or len(self._full_at) > MOST_KEYS:
                del self._full_at[oldest]
            return 0.0


def client_key(address: str | None) -> str:
    """Return the key of a client: its IPv4 address, or the /64 network of its IPv6 address.

    Providers give each customer a whole /64 network.
    """
    if address and ":" in address:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    return address or ""
