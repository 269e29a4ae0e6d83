"""Leases: a process on any host holds a role as long as it keeps renewing its lease."""

import atexit
import threading
from contextlib import suppress
from uuid import uuid4

from redis import Redis
from redis.exceptions import RedisError

from dialog.redis.connection import load_script

LEASE = 3.0  # seconds after which the role of a dead or disconnected process is free
RENEW_INTERVAL = 0.5  # seconds


class Lease:
    """Takes a role in a thread of its own, and keeps it until `leave` is called."""

    def __init__(self, redis: Redis, key: str) -> None:
        self.holder = uuid4().hex
        self._redis = redis
        self._key = key
        self._hold = load_script(redis, "hold")
        self._leave = load_script(redis, "leave")
        self._held = threading.Event()
        self._left = threading.Event()
        self._tried = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=key, daemon=True)
        self._thread.start()
        atexit.register(self.leave)  # so that the next process need not wait for the lease to end

    def wait(self, timeout: float | None) -> bool:
        """Return whether this process has the role, after one try or `timeout` seconds."""
        self._tried.wait()
        return self._held.wait(timeout)

    def leave(self) -> None:
        """Give up the role."""
        atexit.unregister(self.leave)
        self._left.set()
        self._thread.join(RENEW_INTERVAL)
        with suppress(RedisError):
            self._leave(keys=[self._key], args=[self.holder])

    def _keep(self) -> None:
        while not self._left.is_set():
            with suppress(RedisError):
                if self._hold(keys=[self._key], args=[self.holder, int(LEASE * 1000)]):
                    self._held.set()
            self._tried.set()
            self._left.wait(RENEW_INTERVAL)
