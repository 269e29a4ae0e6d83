"""Host names: a server on loopback serves loopback names only, against DNS rebinding."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.conftest import Server, serving, serving_with_flask
from tests.delivery_methods import UPGRADE, connection, status
from web.access import AccessControl, RequestHead
from web.errors import ApiError

LOOPBACK = [
    "localhost",
    "localhost:5000",
    "LOCALHOST.",
    "chat.localhost:5000",
    "127.0.0.1:5000",
    "127.8.9.10",
    "[::1]:5000",
]
FOREIGN = [
    "evil.example",
    "evil.example:5000",
    "localhost.evil.example",
    "notlocalhost",
    "127.0.0.1.nip.io",
    "192.0.2.7",
    "0.0.0.0",
    "[2001:db8::1]:5000",
    "]:x",
]
ADDRESSES = ["/", "/messages", "/static/icon.svg", "/img/silk.webp"]
EVERY_ADDRESS = "0.0.0.0"

Serve = Callable[..., AbstractContextManager[Server]]
each_program = pytest.mark.parametrize(
    "serve", [serving, serving_with_flask], ids=["server.py", "flask run"]
)


def status_of(server: Server, head: str) -> int:
    with connection(server, head.encode()) as client:
        return status(client)


@pytest.mark.parametrize("address", ADDRESSES)
def test_on_loopback_only_loopback_names_are_served(either_shared: Server, address: str) -> None:
    for host in LOOPBACK:
        assert either_shared.client.get(address, headers={"Host": host}).status_code == 200
    for host in FOREIGN:
        answer = either_shared.client.get(address, headers={"Host": host})
        assert answer.status_code == 400
        assert "TRUSTED_HOSTS" in answer.text


def test_a_foreign_name_cannot_post(either_shared: Server) -> None:
    host = {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}
    for answer in (
        either_shared.client.post("/messages", json={"text": "hi"}, headers=host),
        either_shared.client.post("/", data={"new_message": "hi"}, headers=host),
    ):
        assert answer.status_code == 400


def test_a_foreign_name_cannot_wait(shared: Server) -> None:
    targets = {"wait?timeout=0": ("", 200), "events": ("", 200), "socket": (UPGRADE, 101)}
    for target, (headers, served) in targets.items():
        head = f"GET /messages/{target} HTTP/1.1\r\n{headers}Host: "
        assert status_of(shared, f"{head}localhost\r\n\r\n") == served
        assert status_of(shared, f"{head}evil.example\r\n\r\n") == 400


@pytest.mark.parametrize("target", ["/", "/messages?after=x", "/messages/wait", "/healthz"])
@pytest.mark.parametrize("hosts", ["", "Host:\r\n", "Host: localhost\r\nHost: localhost\r\n"])
def test_a_request_has_exactly_one_host(either_shared: Server, hosts: str, target: str) -> None:
    assert status_of(either_shared, f"GET {target} HTTP/1.1\r\n{hosts}\r\n") == 400


def test_a_websocket_has_exactly_one_host(shared: Server) -> None:
    for hosts in ("", "Host: localhost\r\nHost: evil.example\r\n"):
        assert status_of(shared, f"GET /messages/socket HTTP/1.1\r\n{hosts}{UPGRADE}\r\n") == 400


def test_http_1_0_needs_no_host(either_shared: Server) -> None:
    for target in ("/", "/messages", "/healthz"):
        assert status_of(either_shared, f"GET {target} HTTP/1.0\r\n\r\n") == 200
        assert status_of(either_shared, f"GET {target} HTTP/1.0\r\nHost: localhost\r\n\r\n") == 200
    assert status_of(either_shared, "GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n") == 400


@each_program
def test_trusted_hosts_replace_the_loopback_names(path: Path, serve: Serve) -> None:
    with serve(path, TRUSTED_HOSTS="chat.test") as server:
        for host, served in ("chat.test", 200), ("localhost", 400):
            assert server.client.get("/messages", headers={"Host": host}).status_code == served


def test_a_trusted_proxy_does_not_make_its_host_trusted(path: Path) -> None:
    """A page of another site can send X-Forwarded-For, too."""
    headers = {"Host": "evil.example", "X-Forwarded-For": "192.0.2.7"}
    with serving(path, FORWARDED_ALLOW_IPS="127.0.0.1") as server:
        assert server.client.get("/messages", headers=headers).status_code == 400


def test_a_server_on_every_address_serves_every_name(path: Path) -> None:
    with serving(path, "--host", EVERY_ADDRESS) as server:  # as in the container and the Procfile
        for host in (*LOOPBACK, *FOREIGN[:-1]):
            for target in ("/", "/messages", "/messages/wait?timeout=0"):
                assert server.client.get(target, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("listens_on", "server", "is_served"),
    [
        ("127.0.0.1", "127.0.0.1", False),
        ("::1", "::1", False),
        ("localhost", "127.0.0.1", False),
        (EVERY_ADDRESS, "127.0.0.1", True),
        ("192.0.2.1", "192.0.2.1", True),
        (None, "127.0.0.1", False),
        (None, "::1", False),
        (None, EVERY_ADDRESS, True),
    ],
)
def test_the_address_that_the_server_listens_on_decides(
    listens_on: str | None, server: str, is_served: bool
) -> None:
    access = AccessControl(listens_on=listens_on)
    request = RequestHead("GET", "http", "/", (server, 5000), {"host": "evil.example"}, None)
    if is_served:
        access.check(request)
    else:
        with pytest.raises(ApiError, match="TRUSTED_HOSTS"):
            access.check(request)
