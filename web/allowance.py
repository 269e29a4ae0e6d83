"""An allowance: how many bytes a client may send at once, and after that per second."""


class Allowance:
    """A token bucket for one connection. Time comes from the caller, in seconds."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, burst: int, rate: int, now: float) -> None:
        self._burst = burst
        self._rate = rate
        self._left = float(burst)
        self._at = now

    def spend(self, size: int, now: float) -> bool:
        """Return whether the client was still allowed to send `size` bytes."""
        self._left = min(self._left + (now - self._at) * self._rate, self._burst) - size
        self._at = now
        return self._left >= 0
