"""The delivery methods that wait: long polling, WebSocket and server-sent events."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.conftest import Server
from tests.delivery_methods import (
    DeliveryMethod,
    connection,
    each_method,
    each_waiting_method,
    long_polling,
    read,
    socket_url,
    texts,
    waiting,
    waiting_requests,
    websocket,
)
from tests.messages import by_hand, emptied
from tests.waiting import until

pytestmark = pytest.mark.both


@each_method
def test_each_method_delivers_posted_and_handwritten_messages(
    server: Server, method: DeliveryMethod
) -> None:
    pages = method(server, server.cursor())
    posted = server.say("posted")
    assert read(pages, 1) == [posted]
    by_hand(server.dialog, {"text": "by hand"})
    assert [m["text"] for m in read(pages, 1)] == ["by hand"]


@each_waiting_method
def test_a_message_reaches_a_waiting_subscriber(server: Server, method: DeliveryMethod) -> None:
    cursor = server.cursor()
    with ThreadPoolExecutor() as pool:
        page = pool.submit(lambda: next(method(server, cursor)))
        until(lambda: waiting(server) == 1)
        posted = server.say("wake up")
        assert page.result(timeout=10)["messages"] == [posted]


def test_a_message_reaches_every_subscriber(server: Server) -> None:
    cursor = server.cursor()
    with ThreadPoolExecutor(20) as pool:
        pages = [pool.submit(lambda: next(long_polling(server, cursor))) for _ in range(20)]
        until(lambda: waiting(server) == 20)
        posted = server.say("for all")
        assert all(page.result(timeout=10)["messages"] == [posted] for page in pages)


@each_waiting_method
def test_without_a_cursor_only_new_messages_are_delivered(
    server: Server, method: DeliveryMethod
) -> None:
    server.say("old")
    with ThreadPoolExecutor() as pool:
        page = pool.submit(lambda: next(method(server, None)))
        until(lambda: waiting(server) == 1)
        posted = server.say("new")
        assert page.result(timeout=10)["messages"] == [posted]


@each_waiting_method
def test_a_subscriber_that_disconnects_is_noticed(server: Server, method: DeliveryMethod) -> None:
    with connection(server, waiting_requests()[method]):
        until(lambda: waiting(server) == 1)
    until(lambda: waiting(server) == 0)


def test_long_polling_answers_with_an_empty_page_after_its_timeout(server: Server) -> None:
    cursor = server.cursor()
    answer = server.client.get("/messages/wait", params={"after": cursor, "timeout": "0.05"})
    assert answer.json() == {"messages": [], "next": cursor, "more": False}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("timeout", ["-1", "x", "nan", ""])
def test_an_invalid_timeout_is_refused(shared: Server, timeout: str) -> None:
    answer = shared.client.get("/messages/wait", params={"timeout": timeout})
    assert answer.status_code == 400


def test_last_event_id_wins_over_the_address(server: Server) -> None:
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


@pytest.mark.parametrize("address", ["/messages/wait", "/messages/events"])
@pytest.mark.parametrize(
    ("cursor", "expected"),
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
def test_a_bad_or_gone_cursor_is_refused_without_a_wait(
    shared: Server, address: str, cursor: str, expected: int
) -> None:
    shared.say("a")
    answer = shared.client.get(f"{address}?after={cursor}")
    assert answer.status_code == expected
    assert answer.json()["error"].keys() == {"code", "message"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("cursor", "expected"), [("x", 400), ("9-0123456789abcdef", 410)])
def test_a_websocket_with_a_bad_or_gone_cursor_is_refused(
    shared: Server, cursor: str, expected: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        next(websocket(shared, cursor))
    assert refused.value.response.status_code == expected


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "", "٣"])
def test_an_invalid_limit_is_refused(shared: Server, limit: str) -> None:
    for address in "/messages/wait", "/messages/events":
        assert shared.client.get(address, params={"limit": limit}).status_code == 400


@pytest.mark.parametrize("address", ["/messages/wait", "/messages/events"])
def test_a_post_to_a_waiting_endpoint_is_refused(shared: Server, address: str) -> None:
    answer = shared.client.post(address)
    assert answer.status_code == 405
    assert answer.json()["error"]["message"]
    assert "Allow" in answer.headers


def test_subscribers_learn_that_the_dialog_was_replaced(server: Server) -> None:
    cursor = server.say("a")["id"]
    with (
        ThreadPoolExecutor() as pool,
        connect(f"{socket_url(server)}?after={cursor}") as frames,
        server.client.stream("GET", "/messages/events", params={"after": cursor}) as events,
    ):
        wait = pool.submit(server.client.get, "/messages/wait", params={"after": cursor})
        until(lambda: waiting(server) == 3)
        emptied(server.dialog)
        assert wait.result(timeout=10).status_code == 410
        with pytest.raises(ConnectionClosed) as closed:
            frames.recv(timeout=10)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4410
        assert "event: refused" in list(events.iter_lines())


def test_flask_alone_does_not_offer_the_waiting_endpoints(shared_flask: Server) -> None:
    for name in "wait", "socket", "events":
        answer = shared_flask.client.get(f"/messages/{name}")
        assert answer.status_code == 404
        assert answer.json()["error"]["message"]
