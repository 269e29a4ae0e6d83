"""A real Redis server, which tests start, kill, stop and fill."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.ports import free_port
from tests.waiting import until

PROGRAMS = ("redis-server", "valkey-server")
DATABASES = 10_000  # each test takes a new one


class RedisServer:
    """A Redis server on a free port. It stores every acknowledged write in `folder`."""

    def __init__(self, folder: Path, *settings: str, host: str = "127.0.0.1") -> None:
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if not program:
            pytest.fail("The tests need Redis. Install it: apt install redis-server", pytrace=False)
        self.port = free_port()
        self.host = host
        self._used = 0
        self.command = [program, "--port", str(self.port), "--dir", str(folder), "--save", ""]
        self.command += ["--bind", host, "--protected-mode", "no", "--loglevel", "warning"]
        self.command += ["--appendonly", "yes", "--appendfsync", "always"]
        self.command += ["--databases", str(DATABASES), *settings]
        self.start()

    def start(self) -> None:
        """Start the server, for the first time or again, and return when it answers."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)

        def answers() -> bool:
            with suppress(RedisError):
                return bool(self.client().ping())
            return False

        until(answers)

    def client(self, database: int = 0) -> Redis:
        """Return a client with all rights, which tries each command once."""
        once = Retry(NoBackoff(), 0)
        return Redis(host=self.host, port=self.port, db=database, decode_responses=True, retry=once)

    def address(self) -> str:
        """Return the address of an empty dialog."""
        self._used += 1
        return f"redis://{self.host}:{self.port}/{self._used}"

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server."""
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """Kill the server."""
        self.process.kill()
        self.process.wait()
