"""Waiting for what is to come, and for nothing else."""

import threading
from collections.abc import Callable


def until(holds: Callable[[], bool]) -> None:
    """Return once this holds. The test's time-out is the deadline."""
    while not holds():
        threading.Event().wait(0.01)
