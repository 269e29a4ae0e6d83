"""Redis servers and dialogs on them, for the tests of the Redis store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.redis_server import RedisServer


@pytest.fixture
def own_redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis server of the test alone, which may kill it."""
    server = RedisServer(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def redis(address: str) -> Redis:
    """A client of the database that holds the test's dialog."""
    return Redis.from_url(address, decode_responses=True)
