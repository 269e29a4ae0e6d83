"""Polls one after another on one connection: the server parses only the first head of the same."""

import json
from base64 import b64encode
from http.client import parse_headers
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tests.conftest import Server, serving
from tests.delivery_methods import raw, texts, waiting
from tests.waiting import until

pytestmark = pytest.mark.both


def poll(cursor: str, more: str = "", path: str = "/messages") -> bytes:
    return f"GET {path}?after={cursor} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode()


def answer(connection: BinaryIO) -> tuple[int, dict[str, Any]]:
    """Status and body of the next answer."""
    status = int(connection.readline().split()[1])
    length = parse_headers(connection)["Content-Length"]
    return status, json.loads(connection.read(int(length)))


def heard(connection: BinaryIO) -> list[str]:
    return texts(answer(connection)[1])


def test_each_is_answered_by_its_own_path_and_query(server: Server) -> None:
    ids = [server.cursor(), *(server.say(text)["id"] for text in "abc")]
    with raw(server, b"") as client:
        connection = client.makefile("rb")
        for number in (0, 2, 1):
            for path in ("/messages", "/messages/wait"):
                client.sendall(poll(ids[number], path=path))
                assert heard(connection) == ["a", "b", "c"][number:]
            client.sendall(poll(ids[number]).replace(b"after", b"before"))  # no poll
            assert heard(connection) == ["a", "b", "c"][: max(0, number - 1)]
        client.sendall(poll("rubbish"))
        assert answer(connection)[0] == 400
        client.sendall(poll(ids[3]))
        assert heard(connection) == []
        client.sendall(poll(ids[3], path="/messages/wait"))
        server.say("d")
        assert heard(connection) == ["d"]


def test_each_of_several_in_one_piece_is_answered(server: Server) -> None:
    ids = [server.cursor(), *(server.say(text)["id"] for text in "ab")]
    with raw(server, b"") as client:
        connection = client.makefile("rb")
        for _ in range(3):
            client.sendall(poll(ids[0]) + poll(ids[1]))
            assert [heard(connection), heard(connection)] == [["a", "b"], ["b"]]


def test_one_that_comes_while_another_waits_is_answered_after_it(server: Server) -> None:
    cursor = server.cursor()
    with raw(server, b"") as client:
        connection = client.makefile("rb")
        for text in "ab":
            client.sendall(poll(cursor, path="/messages/wait"))
            until(lambda: waiting(server) == 1)
            client.sendall(poll(cursor, path="/messages/wait"))
            cursor = server.say(text)["id"]
            assert [heard(connection), heard(connection)] == [[text], [text]]


def test_a_body_is_none_whatever_it_looks_like(server: Server) -> None:
    start = server.cursor()
    server.say("a")
    length = "Content-Length: 100\r\n"
    head = poll(start, length)
    assert len(head) < 100
    head = poll(start + f"&x={'x' * (100 - len(head) - 3)}", length)
    assert len(head) == 100
    with raw(server, head) as client:
        connection = client.makefile("rb")
        for _ in range(3):
            assert heard(connection) == ["a"]
            client.sendall(head)  # the body of the one that was answered
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert "warnings" in answer(connection)[1]
            client.sendall(head)


def test_each_needs_the_password_itself(address: str) -> None:
    key = f"Authorization: Basic {b64encode(b':secret').decode()}\r\n"
    with serving(address, CHAT_PASSWORD="secret") as server:
        cursor = server.dialog.append("a").id
        begun = poll(cursor, key).removesuffix(b"\r\n") + b"X-More: "
        with raw(server, poll(cursor, key)) as client:
            connection = client.makefile("rb")
            assert answer(connection)[0] == 200
            client.sendall(poll(cursor))
            assert answer(connection)[0] == 401
            client.sendall(begun)
            assert server.client.get("/healthz").status_code == 200  # by now that was read
            client.sendall(poll(cursor))  # the end of what was begun
            assert answer(connection)[0] == 200
            client.sendall(poll(cursor))
            assert answer(connection)[0] == 401


def test_a_head_in_two_pieces_is_one_head(path: Path) -> None:
    with serving(path) as server:
        cursor = server.say("a")["id"]
        with raw(server, poll(cursor)) as client:
            connection = client.makefile("rb")
            assert heard(connection) == []
            for end in range(1, len(poll(cursor)), 7):
                client.sendall(poll(cursor)[:end])
                assert server.client.get("/healthz").status_code in {200, 503}
                client.sendall(poll(cursor)[end:])
                assert heard(connection) == []
