"""Requests that try to confuse the parser: upgrades, trailers, endless heads."""

import json
from collections.abc import Iterator
from http.client import parse_headers
from typing import Any, BinaryIO

import pytest

from tests.conftest import Server
from tests.delivery_methods import UPGRADE, connection, waiting
from tests.waiting import until

H2C = "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"
UPGRADES = [
    H2C,
    "Upgrade: foo\r\nConnection: upgrade\r\n",
    "Upgrade: websocket\r\nConnection: upgrade\r\nConnection: keep-alive\r\n",
]


def responses(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    """The responses on a connection, until the server closes it."""
    while line := stream.readline():
        headers = parse_headers(stream)
        body = stream.read(int(headers["Content-Length"]))
        yield int(line.split()[1]), json.loads(body) if body.startswith(b"{") else body


def post(text: str, headers: str = "") -> bytes:
    body = json.dumps({"text": text})
    head = f"POST /messages HTTP/1.1\r\nHost: localhost\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.parametrize("upgrade", UPGRADES)
def test_a_request_with_another_upgrade_is_served_with_its_body(
    server: Server, upgrade: str
) -> None:
    with connection(server, post("a", upgrade)) as client:
        status, message = next(responses(client.makefile("rb")))
    assert (status, message["text"]) == (201, "a")


@pytest.mark.parametrize("upgrade", UPGRADES)
def test_no_body_after_an_upgrade_is_taken_for_a_request(server: Server, upgrade: str) -> None:
    smuggled = post("smuggled")
    head = f"POST /messages HTTP/1.1\r\nHost: localhost\r\n{upgrade}"
    head += f"Content-Length: {len(smuggled)}\r\n\r\n"
    with connection(server, head.encode() + smuggled + post("next")) as client:
        answers = responses(client.makefile("rb"))
        assert next(answers)[0] == 400  # the body is no JSON
        status, message = next(answers)
    assert (status, message["text"]) == (201, "next")
    assert [m["text"] for m in server.client.get("/messages").json()["messages"]] == ["next"]


def test_a_head_in_many_pieces_may_ask_for_an_upgrade(server: Server) -> None:
    request = post("a", H2C)
    with connection(server, request[:1]) as client:
        for position in range(1, len(request)):
            client.sendall(request[position : position + 1])
        assert next(responses(client.makefile("rb")))[0] == 201


def test_many_upgrades_in_one_piece_are_rejected(server: Server) -> None:
    request = f"GET /healthz HTTP/1.1\r\nHost: localhost\r\n{H2C}\r\n".encode()
    with connection(server, request * 1000) as client:
        assert 400 in [status for status, _ in responses(client.makefile("rb"))]


def test_a_request_to_a_proxy_is_rejected(server: Server) -> None:
    with connection(
        server, b"CONNECT example.org:443 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ) as client:
        answers = responses(client.makefile("rb"))
        assert next(answers)[0] == 400
        assert not list(answers)  # closed


@pytest.mark.parametrize("target", ["/messages/socket", "/nowhere"])
@pytest.mark.parametrize("waits", ["/messages/wait", "/messages/events"])
def test_an_upgrade_while_a_response_is_under_way_ends_the_connection(
    server: Server, waits: str, target: str
) -> None:
    cursor = server.cursor()
    with connection(
        server, f"GET {waits}?after={cursor} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    ) as client:
        until(lambda: waiting(server) == 1)
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n".encode())
        until(lambda: waiting(server) == 0)
        while client.recv(65536):
            pass


@pytest.mark.parametrize("behind", ["GET /messages", "GET /messages/wait"])
def test_a_stream_with_a_request_behind_it_ends_with_its_connection(
    server: Server, behind: str
) -> None:
    """Otherwise its task would be kept, and end with a traceback when the server ends."""
    requests = (
        f"{target} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for target in ("GET /messages/events", behind)
    )
    with connection(server, "".join(requests).encode()):
        until(lambda: waiting(server) == 1)
    until(lambda: waiting(server) == 0)


def test_a_client_that_waits_without_a_cursor_and_leaves_is_not_counted(server: Server) -> None:
    for _ in range(20):
        connection(server, b"GET /messages/wait HTTP/1.1\r\nHost: localhost\r\n\r\n").close()
    until(lambda: waiting(server) == 0)


def test_a_trailer_is_not_a_header(server: Server) -> None:
    body = b'{"text": "a"}'
    head = b"POST /messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"%x\r\n%s\r\n0\r\nSec-Fetch-Site: cross-site\r\n\r\n" % (len(body), body)
    with connection(server, head + chunks) as client:
        assert next(responses(client.makefile("rb")))[0] == 201


def test_trailers_without_end_are_cut_off(server: Server) -> None:
    head = b"POST /messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    trailers = (b"X-Trailer: " + b"x" * 1000 + b"\r\n") * 10_000
    with connection(server, head) as client, pytest.raises(ConnectionError):
        client.sendall(trailers)


@pytest.mark.parametrize(
    ("start", "rest"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-Header: " + b"x" * 1000 + b"\r\n"),
        (
            b"POST /messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1;" + b"x" * 1000 + b"\r\n \r\n",
        ),
    ],
    ids=["head", "framing of chunks"],
)
def test_what_is_not_body_is_cut_off(server: Server, start: bytes, rest: bytes) -> None:
    with connection(server, start) as client, pytest.raises(ConnectionError):
        client.sendall(rest * 10_000)
