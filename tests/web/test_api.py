"""The JSON API, on server.py and on Flask alone: posts, history, polling and their errors."""

import pytest

from tests.conftest import Server
from tests.delivery_methods import connection, polling, read, status, texts
from tests.messages import by_hand

pytestmark = pytest.mark.both

JSON = "application/json"


def test_a_posted_message_comes_back_and_can_be_read(either_server: Server) -> None:
    client = either_server.client
    answer = client.post("/messages", json={"text": "hi", "author": " Ann  B ", "x": 1})
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, JSON)
    assert answer.headers["Cache-Control"] == "no-store"
    message = answer.json()
    assert message.keys() == {"id", "time", "role", "author", "text"}
    assert (message["role"], message["author"], message["text"]) == ("user", "Ann B", "hi")
    newest = client.get("/messages")
    assert newest.json()["messages"] == [message]
    assert (newest.headers["Content-Type"], newest.headers["Cache-Control"]) == (JSON, "no-store")


def test_a_nonce_posted_again_gives_the_same_message(either_server: Server) -> None:
    first = either_server.say("a", nonce="n")
    assert either_server.say("a", nonce="n") == first
    assert either_server.client.get("/messages").json()["messages"] == [first]


def test_polling_delivers_posted_and_handwritten_messages(either_server: Server) -> None:
    pages = polling(either_server, either_server.cursor())
    posted = either_server.say("posted")
    assert read(pages, 1) == [posted]
    by_hand(either_server.dialog, {"text": "by hand"})
    assert [m["text"] for m in read(pages, 1)] == ["by hand"]


def test_history_leads_back_to_the_first_message(either_server: Server) -> None:
    client = either_server.client
    for number in range(7):
        either_server.say(str(number))
    page = client.get("/messages", params={"limit": 3}).json()
    assert (texts(page), page["more"]) == (["4", "5", "6"], False)
    first = page["messages"][0]["id"]
    page = client.get("/messages", params={"before": first, "limit": 3}).json()
    assert (texts(page), page["more"]) == (["1", "2", "3"], True)
    page = client.get("/messages", params={"before": page["next"], "limit": 3}).json()
    assert (texts(page), page["more"]) == (["0"], False)


def test_an_id_leads_to_the_messages_around_it(either_server: Server) -> None:
    client = either_server.client
    ids = [either_server.say(str(number))["id"] for number in range(5)]
    before = client.get("/messages", params={"before": ids[2], "limit": 1}).json()
    assert texts(before) == ["1"]
    after = client.get("/messages", params={"after": ids[2], "limit": 1}).json()
    assert (texts(after), after["more"]) == (["3"], True)
    # The message itself is the first one after the message before it.
    itself = client.get("/messages", params={"after": before["next"], "limit": 1}).json()
    assert texts(itself) == ["2"]
    start = client.get("/messages", params={"before": ids[0]}).json()
    assert (start["messages"], start["more"]) == ([], False)


def test_more_is_true_until_the_last_page(either_server: Server) -> None:
    client, start = either_server.client, either_server.cursor()
    for number in range(3):
        either_server.say(str(number))
    page = client.get("/messages", params={"after": start, "limit": 2}).json()
    assert (texts(page), page["more"]) == (["0", "1"], True)
    page = client.get("/messages", params={"after": page["next"], "limit": 2}).json()
    assert (texts(page), page["more"]) == (["2"], False)
    again = client.get("/messages", params={"after": page["next"]}).json()
    assert again == {"messages": [], "next": page["next"], "more": False}


def test_a_limit_above_500_counts_as_500(either_server: Server) -> None:
    start = either_server.cursor()
    by_hand(either_server.dialog, *[{"text": "a"}] * 600)
    for cursor in ({}, {"after": start}):
        page = either_server.client.get("/messages", params={"limit": "9" * 30, **cursor}).json()
        assert len(page["messages"]) == 500


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "", "٣"])
def test_an_invalid_limit_is_refused(either_shared: Server, limit: str) -> None:
    for cursor in ({}, {"after": either_shared.cursor()}):
        answer = either_shared.client.get("/messages", params={"limit": limit, **cursor})
        assert answer.status_code == 400


BAD_CURSORS = [
    ("", 400),
    ("x", 400),
    ("12-%00", 400),
    ("%ff", 400),
    ("1" * 5000, 400),
    ("999999-0123456789abcdef", 410),
    ("0-0123456789abcdef", 410),
]


@pytest.mark.parametrize("parameter", ["after", "before"])
@pytest.mark.parametrize(("cursor", "expected"), BAD_CURSORS)
def test_a_bad_or_gone_cursor_is_refused(
    either_shared: Server, parameter: str, cursor: str, expected: int
) -> None:
    either_shared.say("a")
    answer = either_shared.client.get(f"/messages?{parameter}={cursor}")
    assert answer.status_code == expected
    assert answer.json()["error"].keys() == {"code", "message"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "expected"),
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
        (b'{"text": "' + b"x" * 100_000 + b'"}', 413),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_invalid_post_is_refused(either_shared: Server, body: bytes, expected: int) -> None:
    before = either_shared.cursor()
    answer = either_shared.client.post("/messages", content=body)
    assert answer.status_code == expected
    assert answer.json()["error"]["message"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert either_shared.cursor() == before


def test_a_message_of_2000_characters_is_accepted(either_shared: Server) -> None:
    for character in "x", "я", "😀":
        text = character * 2000
        assert either_shared.say(text)["text"] == text
        newest = either_shared.client.get("/messages").json()["messages"]
        assert newest[-1]["text"] == text


@pytest.mark.parametrize(
    ("method", "address", "expected"),
    [
        ("GET", "/messages/nowhere", 404),
        ("GET", "/messages/socket", 404),  # without a handshake
        ("DELETE", "/messages", 405),
        ("PUT", "/messages", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_an_unknown_address_or_method_gets_a_json_error(
    either_shared: Server, method: str, address: str, expected: int
) -> None:
    answer = either_shared.client.request(method, address)
    assert answer.status_code == expected
    assert answer.json()["error"]["message"]
    assert (expected == 405) == ("Allow" in answer.headers)


def test_an_address_that_is_not_ascii_is_refused(shared: Server) -> None:
    for target in b"/messages?after=\xff", b"/?\xc3\xa9", b"/messages/wait?after=\xff":
        with connection(
            shared, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
        ) as client:
            assert status(client) == 400
