"""Several requests on one connection: each is answered by its own head."""

import json
from base64 import b64encode
from http.client import parse_headers
from typing import Any, BinaryIO

import pytest

from tests.conftest import Server, serving
from tests.delivery_methods import connection, texts, waiting
from tests.waiting import until

pytestmark = pytest.mark.both


def poll(cursor: str, headers: str = "", path: str = "/messages") -> bytes:
    """Return a request for the messages after `cursor`."""
    return f"GET {path}?after={cursor} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()


def next_answer(stream: BinaryIO) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON of the next response."""
    status = int(stream.readline().split()[1])
    length = parse_headers(stream)["Content-Length"]
    return status, json.loads(stream.read(int(length)))


def next_texts(stream: BinaryIO) -> list[str]:
    """Return the texts of the messages in the next response."""
    return texts(next_answer(stream)[1])


def test_each_request_is_answered_by_its_own_path_and_query(server: Server) -> None:
    ids = [server.cursor(), *(server.say(text)["id"] for text in "abc")]
    with connection(server, b"") as client:
        stream = client.makefile("rb")
        for number in (0, 2, 1):
            for path in ("/messages", "/messages/wait"):
                client.sendall(poll(ids[number], path=path))
                assert next_texts(stream) == ["a", "b", "c"][number:]
            client.sendall(poll(ids[number]).replace(b"after", b"before"))
            assert next_texts(stream) == ["a", "b", "c"][: max(0, number - 1)]
        client.sendall(poll("rubbish"))
        assert next_answer(stream)[0] == 400
        client.sendall(poll(ids[3]))
        assert next_texts(stream) == []
        client.sendall(poll(ids[3], path="/messages/wait"))
        server.say("d")
        assert next_texts(stream) == ["d"]


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    ids = [server.cursor(), *(server.say(text)["id"] for text in "ab")]
    with connection(server, b"") as client:
        stream = client.makefile("rb")
        for _ in range(3):
            client.sendall(poll(ids[0]) + poll(ids[1]))
            assert [next_texts(stream), next_texts(stream)] == [["a", "b"], ["b"]]


def test_a_request_sent_during_a_wait_is_answered_after_it(server: Server) -> None:
    cursor = server.cursor()
    with connection(server, b"") as client:
        stream = client.makefile("rb")
        for text in "ab":
            client.sendall(poll(cursor, path="/messages/wait"))
            until(lambda: waiting(server) == 1)
            client.sendall(poll(cursor, path="/messages/wait"))
            cursor = server.say(text)["id"]
            assert [next_texts(stream), next_texts(stream)] == [[text], [text]]


def test_a_body_that_looks_like_a_request_is_not_answered(server: Server) -> None:
    cursor = server.cursor()
    server.say("a")
    inner = poll(cursor)
    request = poll(cursor, f"Content-Length: {len(inner)}\r\n") + inner
    with connection(server, b"") as client:
        stream = client.makefile("rb")
        for _ in range(3):
            client.sendall(request)
            assert next_texts(stream) == ["a"]
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert "warnings" in next_answer(stream)[1]


def test_each_request_needs_the_password(address: str) -> None:
    password = f"Authorization: Basic {b64encode(b':secret').decode()}\r\n"
    with serving(address, CHAT_PASSWORD="secret") as server:
        cursor = server.dialog.append("a").id
        with connection(server, b"") as client:
            stream = client.makefile("rb")
            for headers, status in [(password, 200), ("", 401)] * 2:
                client.sendall(poll(cursor, headers))
                assert next_answer(stream)[0] == status


def test_a_head_that_arrives_in_two_parts_is_one_request(server: Server) -> None:
    cursor = server.say("a")["id"]
    request = poll(cursor)
    with connection(server, request) as client:
        stream = client.makefile("rb")
        assert next_texts(stream) == []
        for end in range(1, len(request), 7):
            client.sendall(request[:end])
            assert server.client.get("/healthz").status_code == 200  # by now the part was read
            client.sendall(request[end:])
            assert next_texts(stream) == []
