"""The HTTP contract, from outside: a server in a process of its own, real sockets."""

import json
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.conftest import HERE, Server
from tests.delivery_methods import (
    DeliveryMethod,
    each_method,
    events,
    heads,
    long_polling,
    polling,
    raw,
    read,
    status,
    texts,
    waiting,
    web_socket,
)
from tests.messages import by_hand, emptied
from tests.waiting import until

pytestmark = pytest.mark.both

# What is posted is read.


def test_a_message_posted_as_json_comes_back_on_201(server: Server) -> None:
    answer = server.client.post("/messages", json={"text": "hi", "author": " Ann  B ", "x": 1})
    assert answer.status_code == 201
    said = answer.json()
    assert said.keys() == {"id", "time", "role", "author", "text"}
    assert (said["role"], said["author"], said["text"]) == ("user", "Ann B", "hi")
    assert server.client.get("/messages").json()["messages"] == [said]


def test_the_form_posts_and_leads_back(server: Server) -> None:
    form = {"new_message": "two\r\nlines", "author": "Ann", "messages": "ignored"}
    answer = server.client.post("/", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    said = server.client.get("/messages").json()["messages"]
    assert [(m["author"], m["text"]) for m in said] == [("Ann", "two\nlines")]
    assert "two\nlines" in server.client.get("/").text


def test_a_form_sent_again_is_the_same_message(server: Server) -> None:
    def send(text: str) -> httpx.Response:
        return server.client.post("/", data={"new_message": text, "nonce": nonce})

    nonce = form_nonce(server.client.get("/"))
    assert send("x" * 2001).status_code == 413
    assert form_nonce(send(" ")) == nonce
    for text in "first", "first", "second":
        assert send(text).status_code == 303
    assert texts(server.client.get("/messages").json()) == ["first", "second"]
    assert form_nonce(server.client.get("/")) != nonce


def form_nonce(page: httpx.Response) -> str:
    (nonce,) = re.findall('name="nonce" value="([^"]+)"', page.text)
    return str(nonce)


def test_history_goes_back_to_the_first_message(server: Server) -> None:
    for number in range(7):
        server.say(str(number))
    page = server.client.get("/messages", params={"limit": 3}).json()
    assert (texts(page), page["more"]) == (["4", "5", "6"], False)
    page = server.client.get("/messages", params={"before": page["messages"][0]["id"], "limit": 3})
    assert (texts(page.json()), page.json()["more"]) == (["1", "2", "3"], True)
    page = server.client.get("/messages", params={"before": page.json()["next"], "limit": 3})
    assert (texts(page.json()), page.json()["more"]) == (["0"], False)


def test_more_says_that_there_is_more(server: Server) -> None:
    start = server.cursor()
    for number in range(3):
        server.say(str(number))
    page = server.client.get("/messages", params={"after": start, "limit": 2}).json()
    assert (texts(page), page["more"]) == (["0", "1"], True)
    page = server.client.get("/messages", params={"after": page["next"], "limit": 2}).json()
    assert (texts(page), page["more"]) == (["2"], False)
    again = server.client.get("/messages", params={"after": page["next"]}).json()
    assert again == {"messages": [], "next": page["next"], "more": False}


# Delivery: four ways, one dialog.


@each_method
def test_each_way_delivers_what_is_said_and_what_is_written_by_hand(
    server: Server, way: DeliveryMethod
) -> None:
    pages = way(server, server.cursor())
    said = server.say("posted")
    assert read(pages, 1) == [said]
    by_hand(server.dialog, {"text": "by hand"})
    assert [m["text"] for m in read(pages, 1)] == ["by hand"]


@pytest.mark.parametrize("way", [long_polling, web_socket, events])
def test_a_waiter_is_woken_by_what_is_said_while_it_waits(
    server: Server, way: DeliveryMethod
) -> None:
    cursor = server.cursor()
    with ThreadPoolExecutor() as pool:
        heard = pool.submit(lambda: next(way(server, cursor)))
        until(lambda: waiting(server) == 1)
        said = server.say("wake up")
        assert heard.result(timeout=10)["messages"] == [said]


def test_all_waiters_are_woken_and_none_takes_from_another(server: Server) -> None:
    cursor = server.cursor()
    with ThreadPoolExecutor(20) as pool:
        waiters = [pool.submit(lambda: next(long_polling(server, cursor))) for _ in range(20)]
        until(lambda: waiting(server) == 20)
        said = server.say("for all")
        assert all(waiter.result(timeout=10)["messages"] == [said] for waiter in waiters)


def test_long_polling_ends_when_its_time_is_over(server: Server) -> None:
    cursor = server.cursor()
    params = {"after": cursor, "timeout": "0.05"}
    assert server.client.get("/messages/wait", params=params).json() == {
        "messages": [],
        "next": cursor,
        "more": False,
    }


@pytest.mark.parametrize("way", [long_polling, web_socket, events])
def test_without_a_cursor_it_goes_from_now_on(server: Server, way: DeliveryMethod) -> None:
    server.say("old")
    with ThreadPoolExecutor() as pool:
        heard = pool.submit(lambda: next(way(server, None)))
        until(lambda: waiting(server) == 1)
        said = server.say("new")
        assert heard.result(timeout=10)["messages"] == [said]


def test_the_last_event_wins_over_the_address(server: Server) -> None:
    start = server.cursor()
    first, second = server.say("a"), server.say("b")
    with server.client.stream(
        "GET",
        "/messages/events",
        params={"after": start},
        headers={"Last-Event-ID": first["id"]},
    ) as answer:
        lines = iter(answer.iter_lines())
        assert next(line for line in lines if line.startswith("id:")) == f"id: {second['id']}"
        assert texts(json.loads(next(lines).removeprefix("data: "))) == ["b"]


@pytest.mark.parametrize("way", [long_polling, web_socket, events])
def test_a_waiter_who_leaves_is_noticed(server: Server, way: DeliveryMethod) -> None:
    with raw(server, heads()[way]):
        until(lambda: waiting(server) == 1)
    until(lambda: waiting(server) == 0)


# Cursors.

ASKING = [
    "/messages?after=",
    "/messages?before=",
    "/messages/wait?after=",
    "/messages/events?after=",
]


@pytest.mark.parametrize("question", ASKING)
@pytest.mark.parametrize(
    ("cursor", "status"),
    [
        ("", 400),
        ("x", 400),
        ("12-%00", 400),
        ("%ff", 400),
        ("1" * 5000, 400),
        ("999999-0123456789abcdef", 410),
        ("0-0123456789abcdef", 410),
    ],
)
def test_a_cursor_that_does_not_fit_is_refused_at_once(
    shared: Server, question: str, cursor: str, status: int
) -> None:
    shared.say("a")
    answer = shared.client.get(question + cursor)
    assert answer.status_code == status
    assert answer.json()["error"].keys() == {"code", "message"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("cursor", "status"), [("x", 400), ("9-0123456789abcdef", 410)])
def test_a_socket_with_a_cursor_that_does_not_fit_is_refused(
    shared: Server, cursor: str, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        next(web_socket(shared, cursor))
    assert refused.value.response.status_code == status


def test_waiters_are_told_when_the_dialog_is_replaced(server: Server) -> None:
    cursor = server.say("a")["id"]
    with (
        ThreadPoolExecutor() as pool,
        connect(f"{server.url.replace('http', 'ws')}/messages/socket?after={cursor}") as socket,
        server.client.stream("GET", "/messages/events", params={"after": cursor}) as stream,
    ):
        wait = pool.submit(server.client.get, "/messages/wait", params={"after": cursor})
        until(lambda: waiting(server) == 3)
        emptied(server.dialog)
        assert wait.result(timeout=10).status_code == 410
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4410
        assert "event: refused" in list(stream.iter_lines())


# What is refused, and how.


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 400),
        (b"7", 400),
        (b"[" * 20_000, 400),
        (b"{}", 400),
        (b'{"text": 7}', 400),
        (b'{"text": ""}', 400),
        (b'{"text": " \\n\\t\\u200b"}', 400),
        (b'{"text": "a", "author": 7}', 400),
        (b'{"text": "a", "nonce": []}', 400),
        (b'{"text": "\\ud800"}', 400),
        (b'{"text": "a", "author": "\\udfff"}', 400),
        (b'{"text": "a", "nonce": "\\udfff"}', 400),
        (b'{"text": "' + b"x" * 2001 + b'"}', 413),
        (b'{"text": "a", "author": "' + b"x" * 41 + b'"}', 413),
        (b'{"text": "a", "nonce": "' + b"x" * 101 + b'"}', 413),
        (b'{"text": "' + b"x" * 5_000_000 + b'"}', 413),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_post_that_is_no_message_is_refused(shared: Server, body: bytes, status: int) -> None:
    before = shared.cursor()
    answer = shared.client.post("/messages", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert shared.cursor() == before


def test_the_longest_message_is_taken(shared: Server) -> None:
    for character in "x", "я", "😀":
        assert shared.say(character * 2000)["text"] == character * 2000
        assert shared.client.get("/messages").json()["messages"][-1]["text"] == character * 2000


@pytest.mark.parametrize(
    ("text", "status", "reason"), [(" ", 400, "Write something first"), ("x" * 2001, 413, "2,001")]
)
def test_the_form_says_what_is_wrong_and_keeps_the_text(
    shared: Server, text: str, status: int, reason: str
) -> None:
    answer = shared.client.post("/", data={"new_message": text, "author": "Ann"})
    assert answer.status_code == status
    assert reason in answer.text
    assert text in answer.text
    assert 'value="Ann"' in answer.text


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "", "٣"])
def test_a_limit_that_is_none_is_refused(shared: Server, limit: str) -> None:
    for path in "/messages", "/messages/wait", "/messages/events":
        assert shared.client.get(path, params={"limit": limit}).status_code == 400


def test_a_limit_too_high_is_lowered(server: Server) -> None:
    by_hand(server.dialog, *[{"text": "a"}] * 600)
    page = server.client.get("/messages", params={"limit": "9" * 30}).json()
    assert len(page["messages"]) == 500


@pytest.mark.parametrize("timeout", ["-1", "x", "nan", ""])
def test_a_timeout_that_is_none_is_refused(shared: Server, timeout: str) -> None:
    answer = shared.client.get("/messages/wait", params={"timeout": timeout})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/messages/nowhere", 404),
        ("DELETE", "/messages", 405),
        ("POST", "/messages/wait", 405),
        ("POST", "/messages/events", 405),
        ("GET", "/messages/socket", 404),
        ("GET", "/dialog.jsonl", 404),
    ],
)
def test_what_is_not_there_is_said(shared: Server, method: str, address: str, status: int) -> None:
    answer = shared.client.request(method, address)
    assert answer.status_code == status
    if address.startswith("/messages"):
        assert answer.json()["error"]["message"]
    else:
        assert "Back to the chat" in answer.text
    assert (status == 405) == ("Allow" in answer.headers)


def test_an_address_that_is_not_ascii_is_refused(shared: Server) -> None:
    for path in b"/messages?after=\xff", b"/?\xc3\xa9", b"/messages/wait?after=\xff":
        with raw(shared, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n") as client:
            assert status(client) == 400


# Pictures and static files.


def test_pictures_are_served_and_may_be_kept(shared: Server) -> None:
    page = shared.client.get("/").text
    name = next(path.name for path in sorted((HERE / "img").glob("*.webp")))
    assert f"/img/{name}" in page
    answer = shared.client.get(f"/img/{name}")
    assert answer.headers["Content-Type"] == "image/webp"
    assert "max-age" in answer.headers["Cache-Control"]
    again = shared.client.get(f"/img/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


# Health, start and end.


def test_health_tells_how_things_stand(server: Server) -> None:
    assert server.client.get("/healthz").json() == {
        "ok": True,
        "dialog": {"writable": True, "trouble": None},
        "robot": {"last_heard": None},
        "waiting": 0,
        "warnings": ["The robot has been silent for 10 s or more."],
    }


def test_a_taken_port_is_told_in_one_line(server: Server) -> None:
    port = server.url.rpartition(":")[2]
    command = [sys.executable, "server.py", "--port", port, "--dialog", server.address]
    second = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "in use" in second.stderr
    assert len(second.stderr.splitlines()) == 1


@pytest.mark.parametrize("program", ["server.py", "robot.py"])
def test_a_dialog_that_cannot_be_is_told_in_one_line(tmp_path: Path, program: str) -> None:
    command = [sys.executable, program, "--dialog", str(tmp_path / "nowhere" / "dialog.jsonl")]
    ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "not there" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_flask_alone_gives_the_page_and_polling(address: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "flask", "--app", "server", "run", "--port", port]
    process = subprocess.Popen(
        command,
        cwd=HERE,
        env={"DIALOG": address, "PATH": ""},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    with process, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert process.stderr
        next(line for line in process.stderr if "Running on" in line)
        server = Server(f"http://127.0.0.1:{port}", address, client, process)
        start = server.cursor()
        said = server.say("hi")
        assert read(polling(server, start), 1) == [said]
        assert "<form" in client.get("/").text
        assert client.get("/messages/wait").status_code == 404
        process.terminate()
