"""The lab over HTTP: sessions, their networks, and what is reachable without `--lab`."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect

from tests import patches
from tests.conftest import HERE, Server, serving
from tests.delivery_methods import (
    DeliveryMethod,
    each_method,
    read,
    server_sent_events,
    socket_url,
    texts,
)
from tests.waiting import until
from tests.web.lab import Viewer, viewing


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a lab whose faults are short."""
    path = tmp_path_factory.mktemp("lab") / "dialog.jsonl"
    with serving(path, "--lab", patch=patches.short_faults) as server:
        yield server


@pytest.fixture
def viewer(lab: Server) -> Iterator[Viewer]:
    with viewing(lab) as viewer:
        yield viewer


def poll(viewer: Viewer) -> list[str]:
    """Return what the viewer's dialog has, through the viewer's network."""
    return texts(viewer.client.get("/messages", params={"after": viewer.start}).json())


def test_without_the_option_no_address_of_the_lab_exists(server: Server) -> None:
    assert server.client.get("/delivery").status_code == 200
    for path in ("/lab", "/lab/x", "/lab/x/end"):
        assert server.client.post(path, json={}).status_code == 404
    for path in ("", "/messages?after=0", "/messages/wait", "/messages/events"):
        assert server.client.get(f"/lab/x{path}").status_code == 404
    with pytest.raises(InvalidStatus, match="404"):
        connect(f"{server.url.replace('http', 'ws')}/lab/x/messages/socket")


@each_method
def test_each_method_reads_the_dialog_of_a_session(viewer: Viewer, method: DeliveryMethod) -> None:
    written = viewer.say_times(3)
    assert [each["text"] for each in read(method(viewer, viewer.start), 3)] == written


def test_viewers_have_dialogs_and_networks_of_their_own(lab: Server, viewer: Viewer) -> None:
    with viewing(lab) as other:
        other.change(network="no-upgrade")
        other.say_times(2)
        assert poll(viewer) == []
        with connect(socket_url(viewer)):
            pass
        with pytest.raises(InvalidStatus, match="403"):
            connect(socket_url(other))
    assert texts(lab.client.get("/messages?limit=500").json()) == []


def test_a_proxy_that_buffers_holds_back_what_has_no_end(viewer: Viewer) -> None:
    viewer.change(network="buffering")
    viewer.say_times(1)
    assert len(poll(viewer)) == 1
    with (
        httpx.Client(base_url=viewer.url, timeout=1) as client,
        pytest.raises(httpx.ReadTimeout),
        client.stream("GET", "/messages/events"),
    ):
        pass


def test_a_router_cuts_a_stream_but_not_a_short_request(viewer: Viewer) -> None:
    viewer.change(network="cut")
    pages = server_sent_events(viewer, viewer.start)
    viewer.say_times(1)
    assert texts(next(pages))
    with pytest.raises(httpx.RemoteProtocolError):
        next(pages)
    assert len(poll(viewer)) == 1


def test_what_is_sent_offline_arrives_later_on_the_same_connection(viewer: Viewer) -> None:
    with connect(socket_url(viewer)) as connection:
        viewer.change(network="offline")
        written = viewer.say_times(2)
        received = "".join(str(connection.recv(timeout=30)) for _ in written)
    assert all(text in received for text in written)


def test_a_connection_serves_any_session_and_other_requests(lab: Server, viewer: Viewer) -> None:
    with (
        viewing(lab) as other,
        socket.create_connection(("127.0.0.1", int(lab.port))) as client,
    ):
        other.say_times(1)
        client.settimeout(30)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = client.makefile("rb")
        paths = [viewer.url.removeprefix(lab.url), other.url.removeprefix(lab.url)]
        polls = [f"{path}/messages?after={viewer.start}" for path in paths]
        bodies = []
        for target in ("/healthz", *polls, "/healthz"):
            for byte in f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode():
                client.send(bytes([byte]))  # a head may arrive in pieces
            bodies.append(body_of(answers))
        assert b"writable" in bodies[0]
        assert b"[]" in bodies[1]
        assert b"Message 1" in bodies[2]
        assert b"writable" in bodies[3]


def body_of(answers: BinaryIO) -> bytes:
    """Return the body of the next response with status 200."""
    assert b" 200 " in answers.readline()
    length = 0
    while (line := answers.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return answers.read(length)


def test_a_session_that_has_ended_is_gone(viewer: Viewer) -> None:
    with connect(socket_url(viewer)) as connection:
        assert viewer.controls.post(f"{viewer.url}/end").status_code == 200
        until(lambda: viewer.controls.get(viewer.url).status_code == 404)
        with pytest.raises(ConnectionClosedError):
            connection.recv(timeout=30)
    assert viewer.client.get("/messages?after=0").json()["error"]["code"] == "not_found"


def test_a_session_that_nobody_uses_ends(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(tmp_path / "d", "--lab", patch=patches.short_sessions, log=log) as server:
        session = server.client.post("/lab", json={}).json()["id"]
        until(lambda: f"The lab ended session {session}." in log.read_text())
        assert server.client.get(f"/lab/{session}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"network": "5g"}, "bad_network"), ({"source": 3}, "bad_source"), ([], "bad_json")],
)
def test_an_unknown_choice_is_refused(viewer: Viewer, fields: object, code: str) -> None:
    answer = viewer.controls.post(viewer.url, json=fields)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


def test_the_head_of_a_request_comes_back_without_secrets(lab: Server) -> None:
    headers = {"Cookie": "chat=secret", "X-Forwarded-For": "10.0.0.1", "sec-ch-ua-mobile": "?0"}
    head = lab.client.get("/delivery/head?x=1", headers=headers).json()["head"]
    assert head.startswith("GET /delivery/head?x=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert "Cookie: ***********\r\n" in head
    assert "sec-ch-ua-mobile: ?0\r\n" in head
    assert "secret" not in head
    assert "10.0.0.1" not in head


def test_the_lab_needs_a_single_process() -> None:
    command = [sys.executable, "server.py", "--lab", "--workers", "2"]
    ended = subprocess.run(
        command, cwd=HERE, capture_output=True, text=True, check=False, timeout=30
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("The lab needs a single server process.")
