"""The page, its form and its pictures, on server.py and on Flask alone."""

import re

import httpx
import pytest

from tests.conftest import HERE, Server
from tests.delivery_methods import texts

pytestmark = pytest.mark.both


def nonce_of(page: httpx.Response) -> str:
    """Return the nonce in the form of a page."""
    (nonce,) = re.findall('name="nonce" value="([^"]+)"', page.text)
    return str(nonce)


def test_the_form_posts_and_redirects_to_the_page(either_server: Server) -> None:
    client = either_server.client
    form = {"new_message": "two\r\nlines", "author": "Ann", "messages": "ignored"}
    answer = client.post("/", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    messages = client.get("/messages").json()["messages"]
    assert [(m["author"], m["text"]) for m in messages] == [("Ann", "two\nlines")]
    assert "two\nlines" in client.get("/").text


def test_a_form_sent_twice_is_one_message(either_server: Server) -> None:
    client = either_server.client

    def send(text: str) -> httpx.Response:
        return client.post("/", data={"new_message": text, "nonce": nonce})

    nonce = nonce_of(client.get("/"))
    assert send("x" * 2001).status_code == 413
    assert nonce_of(send(" ")) == nonce
    for text in "first", "first", "second":
        assert send(text).status_code == 303
    assert texts(client.get("/messages").json()) == ["first", "second"]
    assert nonce_of(client.get("/")) != nonce


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        (" ", 400, "Write a message first."),
        ("x" * 2001, 413, "1 character too long (limit 2,000)."),
        ("x" * 2160, 413, "160 characters too long (limit 2,000)."),
    ],
)
def test_the_form_gives_the_reason_and_keeps_the_text(
    either_shared: Server, text: str, status: int, reason: str
) -> None:
    answer = either_shared.client.post("/", data={"new_message": text, "author": "Ann"})
    assert answer.status_code == status
    assert 'aria-invalid="true"' in answer.text
    assert reason in answer.text
    assert text in answer.text
    assert 'value="Ann"' in answer.text


@pytest.mark.parametrize("address", ["/nowhere", "/dialog.jsonl", "/static/", "/img/nothing.png"])
def test_an_unknown_address_gets_a_page_that_leads_back(
    either_shared: Server, address: str
) -> None:
    answer = either_shared.client.get(address)
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


def test_pictures_are_shown_and_cached(either_shared: Server) -> None:
    client = either_shared.client
    name = next(path.name for path in sorted((HERE / "img").glob("*.webp")))
    assert f"/img/{name}" in client.get("/").text
    answer = client.get(f"/img/{name}")
    assert answer.headers["Content-Type"] == "image/webp"
    assert "max-age" in answer.headers["Cache-Control"]
    again = client.get(f"/img/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("address", ["/static/css/page/base.css", "/static/icon.svg"])
def test_static_files_are_cached(either_shared: Server, address: str) -> None:
    answer = either_shared.client.get(address)
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.any
def test_a_form_may_have_the_longest_nonce(server: Server) -> None:
    for nonce, status in (("n" * 100, 303), ("n" * 101, 413)):
        answer = server.client.post("/", data={"new_message": "a", "nonce": nonce})
        assert answer.status_code == status
