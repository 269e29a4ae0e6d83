"""Servers for the tests of the HTTP contract: server.py and Flask alone offer the same."""

from collections.abc import Iterator

import pytest

from tests.conftest import Server, fresh, serving, serving_with_flask


@pytest.fixture(params=[serving, serving_with_flask], ids=["server.py", "flask run"])
def either_server(request: pytest.FixtureRequest, address: str) -> Iterator[Server]:
    """A server of each kind, on a dialog of its own."""
    with request.param(address) as server:
        yield server


@pytest.fixture(scope="session")
def shared_flask(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """The counterpart of `shared` for Flask alone."""
    store = request.config.getoption("--store")
    path = tmp_path_factory.mktemp("flask") / "dialog.jsonl"
    with serving_with_flask(
        fresh("redis" if store == "redis" else "file", path, request)
    ) as server:
        yield server


@pytest.fixture(params=["shared", "shared_flask"], ids=["server.py", "flask run"])
def either_shared(request: pytest.FixtureRequest) -> Server:
    """A server of each kind, for all tests that change nothing but its messages."""
    server: Server = request.getfixturevalue(request.param)
    return server
