"""Hard case 34: requests that are too large, too many or never end."""

import contextlib
import re
from collections import Counter
from pathlib import Path

import pytest

from tests import patches
from tests.conftest import Server, serving
from tests.delivery_methods import UPGRADE, connection, status, waiting
from tests.waiting import until


def test_34_five_megabytes_and_a_cursor_of_a_megabyte_are_refused(shared: Server) -> None:
    answer = shared.client.post("/messages", content=b'{"text": "' + b"x" * 5_000_000 + b'"}')
    assert answer.status_code == 413
    before = shared.cursor()
    head = b"GET /messages?after=" + b"1" * 1_000_000  # the head never ends
    with connection(shared, b"") as client:
        try:
            client.sendall(head)
            assert status(client) == 400
        except ConnectionError:
            pass  # the server closed the connection before all was sent
    assert shared.cursor() == before


@pytest.mark.parametrize(("size", "expected"), [(10, 201), (40_000, 413)])
def test_34_a_body_without_a_length_is_read_up_to_the_limit(
    shared: Server, size: int, expected: int
) -> None:
    body = b'{"text": "' + b"x" * size + b'"}'
    answer = shared.client.post("/messages", content=iter([body[:7], body[7:]]))
    assert answer.status_code == expected


def test_34_a_body_that_never_ends_is_refused_at_the_limit(shared: Server) -> None:
    head = b"POST /messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with connection(shared, head + b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n") as client:
        assert status(client) == 413


@pytest.mark.file
def test_34_ten_thousand_posts_from_one_address_meet_the_rate_limit(path: Path) -> None:
    with serving(path, "--posts", "1") as server:
        post = (
            b'POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\n\r\n{"text": "a"}'
        )
        answers = Counter[bytes]()
        for _ in range(100):
            with connection(
                server, post * 99 + post.replace(b"Host", b"Connection: close\r\nHost")
            ) as client:
                received = client.makefile("rb").read()
            answers.update(re.findall(rb"HTTP/1.1 (\d+)", received))
        assert answers.total() == 10_000
        assert answers.keys() == {b"201", b"429"}
        assert answers[b"201"] == len(path.read_bytes().splitlines()) < 1000
        assert b"retry-after: 1\r\n" in received
        while True:  # until the burst is used up
            form = server.client.post("/", data={"new_message": "keep me"})
            if form.status_code != 303:
                break
        assert (form.status_code, form.headers["Retry-After"]) == (429, "1")
        assert "keep me" in form.text


def test_34_many_requests_on_one_connection_delay_no_other(server: Server) -> None:
    wait = b"GET /messages/wait?limit=%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with contextlib.ExitStack() as stack:
        greedy = stack.enter_context(connection(server, wait % b"9" + wait % b"no" * 900))
        others = [stack.enter_context(connection(server, wait % b"9")) for _ in range(20)]
        until(lambda: waiting(server) == 21)
        server.say("for all")
        assert [status(other) for other in others] == [200] * 20
        answers = b""
        while answers.count(b"HTTP/1.1 ") < 901:
            answers += greedy.recv(65536)
        assert Counter(re.findall(rb"HTTP/1.1 (\d+)", answers)) == {b"200": 1, b"400": 900}


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"GET /messages HTTP/1.1\r\nHost: ",
        b"POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /",
    ],
)
def test_34_a_client_that_does_not_finish_its_request_is_disconnected(
    path: Path, sent: bytes
) -> None:
    with (
        serving(path, patch=patches.short_request_timeouts) as server,
        connection(server, sent) as client,
    ):
        while client.recv(65536):
            pass
        assert server.say("fine")["text"] == "fine"


@pytest.mark.parametrize("start", ["POST", "GET"])
def test_34_a_handshake_with_a_body_or_by_post_is_refused(shared: Server, start: str) -> None:
    head = f"{start} /messages/socket HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}"
    with connection(shared, f"{head}Content-Length: 2\r\n\r\nhi".encode()) as client:
        assert status(client) == 400


def test_34_unfinished_bodies_take_no_thread(server: Server) -> None:
    head = b"POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"
    stalled = [connection(server, head) for _ in range(50)]  # more than Flask has threads
    assert server.say("fine")["text"] == "fine"
    for client in stalled:
        client.close()


def test_34_subscribers_beyond_the_descriptors_of_the_system_are_refused(path: Path) -> None:
    with serving(path, patch=patches.few_descriptors) as server:
        head = b"GET /messages/wait HTTP/1.1\r\nHost: localhost\r\n\r\n"
        clients = [connection(server, head) for _ in range(20)]  # a quarter of 80
        until(lambda: server.client.get("/healthz").json()["waiting"] == 20)
        answer = server.client.get("/messages/wait")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert answer.json()["error"]["code"] == "crowded"
        for client in clients:
            client.close()
        until(lambda: server.client.get("/messages/wait?timeout=0").status_code == 200)
