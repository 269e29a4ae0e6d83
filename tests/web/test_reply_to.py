"""Replies of people to a message, on server.py and on Flask alone."""

import pytest

from tests.conftest import Server
from tests.messages import emptied

pytestmark = pytest.mark.both


def test_replies_name_the_message_that_they_answer(either_server: Server) -> None:
    first = either_server.say("first")
    replies = [either_server.say(text, reply_to=first["id"]) for text in ("a", "b", "b")]
    assert {reply["reply_to"] for reply in replies} == {first["id"]}
    assert either_server.client.get("/messages").json()["messages"] == [first, *replies]
    assert either_server.dialog.newest(1).messages[0].reply_to == first["id"]


def test_a_reply_sent_again_is_one_message(either_server: Server) -> None:
    first = either_server.say("first")
    reply = either_server.say("yes", reply_to=first["id"], nonce="n")
    assert either_server.say("yes", reply_to=first["id"], nonce="n") == reply
    assert either_server.client.get("/messages").json()["messages"] == [first, reply]


def test_a_reply_to_a_message_that_does_not_exist_is_refused(either_server: Server) -> None:
    first = either_server.say("first")
    client = either_server.client
    for reply_to in ("x", "0-0123456789abcdef", "7-0123456789abcdef", "9" * 99):
        for answer in (
            client.post("/messages", json={"text": "yes", "reply_to": reply_to}),
            client.post("/", data={"new_message": "yes", "reply_to": reply_to}),
        ):
            assert answer.status_code == 400
            assert "no longer exists" in answer.text
    assert client.get("/messages").json()["messages"] == [first]


def test_a_reply_to_a_removed_message_is_refused(either_server: Server) -> None:
    first = either_server.say("first")
    emptied(either_server.dialog)
    post = {"text": "yes", "reply_to": first["id"]}
    assert either_server.client.post("/messages", json=post).status_code == 400


def test_the_cursor_before_the_first_message_is_no_message(either_server: Server) -> None:
    start = either_server.dialog.start()
    either_server.say("first")
    post = {"text": "yes", "reply_to": start}
    assert either_server.client.post("/messages", json=post).status_code == 400


def test_reply_to_must_be_a_string_or_null(either_shared: Server) -> None:
    cases: list[tuple[object, int]] = [(7, 400), ([], 400), (None, 201), ("", 201)]
    for reply_to, status in cases:
        post = {"text": "yes", "reply_to": reply_to}
        answer = either_shared.client.post("/messages", json=post)
        assert answer.status_code == status
        assert "reply_to" not in answer.json()


def test_the_form_can_reply(either_server: Server) -> None:
    first = either_server.say("first")
    form = {"new_message": "yes", "reply_to": first["id"]}
    assert either_server.client.post("/", data=form).status_code == 303
    messages = either_server.client.get("/messages").json()["messages"]
    assert [message.get("reply_to") for message in messages] == [None, first["id"]]
