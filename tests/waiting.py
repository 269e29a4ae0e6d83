"""Waiting for a condition, with a deadline."""

import threading
import time
from collections.abc import Callable

DEADLINE = 120.0  # seconds; less than the time limit of a test, so that the condition is reported


def until(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds. Raises AssertionError after the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "The condition did not hold within the deadline."
        threading.Event().wait(0.01)
