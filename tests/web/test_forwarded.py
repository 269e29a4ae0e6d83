"""The address of a client behind proxies: only what a trusted proxy appended counts."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import serving
from web.forwarded import TrustedProxies

PROXY = "10.0.0.1"


def client_of(trusted: list[str], *forwarded: str, peer: str = PROXY) -> str:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 1234),
        "headers": headers,
    }
    TrustedProxies(trusted).apply(scope)
    return str(scope["client"][0])


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        ([PROXY], "192.0.2.7", "192.0.2.7"),
        ([PROXY], "1.2.3.4, 192.0.2.7", "192.0.2.7"),
        (["*"], "1.2.3.4, 192.0.2.7", "192.0.2.7"),
        (["10.0.0.0/8"], "1.2.3.4, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (["10.0.0.0/8"], "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ([PROXY], "192.0.2.7:4711", "192.0.2.7"),
        ([PROXY], "[2001:db8::1]:4711", "2001:db8::1"),
        ([PROXY], "2001:db8::1", "2001:db8::1"),
        ([PROXY], "a:b:c", PROXY),
        ([PROXY], "", PROXY),
        ([PROXY], "192.0.2.7, unknown", PROXY),
        ([], "192.0.2.7", PROXY),
        (["10.0.0.9"], "192.0.2.7", PROXY),
    ],
)
def test_the_client_is_what_the_trusted_proxy_appended(
    trusted: list[str], forwarded: str, client: str
) -> None:
    assert client_of(trusted, forwarded) == client


def test_several_lines_of_the_header_are_one_list() -> None:
    assert client_of(["*"], "1.2.3.4", "192.0.2.7") == "192.0.2.7"


def test_an_address_that_is_not_one_does_no_harm(path: Path) -> None:
    with serving(path, FORWARDED_ALLOW_IPS="*") as server:
        for forwarded in ("a:b:c", "", ",", "\xff", "::", "1.2.3.4:x", "[", "%"):
            headers = {b"X-Forwarded-For": forwarded.encode("latin-1")}
            answer = server.client.post("/messages", json={"text": "a"}, headers=headers)
            assert answer.status_code == 201


def test_a_client_behind_a_proxy_cannot_choose_its_address(path: Path) -> None:
    with serving(path, CHAT_PASSWORD="a", FORWARDED_ALLOW_IPS="*") as server:
        statuses = [
            server.client.post(
                "/login",
                data={"password": "wrong"},
                headers={"X-Forwarded-For": f"1.2.3.{number}, 192.0.2.7"},
            ).status_code
            for number in range(12)
        ]
    assert statuses == [401] * 10 + [429] * 2
