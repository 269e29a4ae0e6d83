"""A real redis-server for tests, which they start, kill, stop and fill."""

import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.waiting import until

PROGRAMS = ("redis-server", "valkey-server")
DATABASES = 10_000  # one for each test


class RedisServer:
    """A server on a port of its own, which keeps what it acknowledged in `folder`."""

    def __init__(self, folder: Path, *settings: str, host: str = "127.0.0.1") -> None:
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if not program:
            pytest.fail("The tests need a redis-server: apt install redis-server", pytrace=False)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.host = host
        self._used = 0
        self.command = [program, "--port", str(self.port), "--dir", str(folder), "--save", ""]
        self.command += ["--bind", host, "--protected-mode", "no", "--loglevel", "warning"]
        self.command += ["--appendonly", "yes", "--appendfsync", "always"]
        self.command += ["--databases", str(DATABASES), *settings]
        self.start()

    def start(self) -> None:
        """Start it, also again, and return when it answers."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)

        def answers() -> bool:
            with suppress(RedisError):
                return bool(self.client().ping())
            return False

        until(answers)

    def client(self, database: int = 0) -> Redis:
        """A client that may do anything."""
        no_other_try = Retry(NoBackoff(), 0)
        return Redis(
            host=self.host, port=self.port, db=database, decode_responses=True, retry=no_other_try
        )

    def address(self) -> str:
        """The address of a dialog in which nobody has spoken yet."""
        self._used += 1
        return f"redis://{self.host}:{self.port}/{self._used}"

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """End it, without a word."""
        self.process.kill()
        self.process.wait()
