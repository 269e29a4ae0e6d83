"""The history in the page: short, however long the messages are."""

import re

import pytest

from tests.conftest import Server
from tests.messages import many

pytestmark = [pytest.mark.both, pytest.mark.any]

LARGEST_HISTORY = 60_000  # bytes of HTML


def history_of(server: Server) -> tuple[int, list[str]]:
    """Return the bytes of HTML of the messages in the page, and their ids."""
    html = server.client.get("/").text
    (log,) = re.findall(r'<ol class="log" id="log".*?<ol class="log" id="outbox"', html, re.DOTALL)
    return len(log.encode()), re.findall(r'id="m-([^"]+)"', log)


@pytest.mark.parametrize(
    "text", ["x" * 2000, "😀" * 2000, "<" * 2000, "https://example.org/" + "x" * 1900 + " "]
)
def test_the_page_has_only_the_newest_of_long_messages(server: Server, text: str) -> None:
    many(server.dialog, *(f"{number} {text}" for number in range(60)))
    size, ids = history_of(server)
    assert 0.7 * LARGEST_HISTORY < size <= LARGEST_HISTORY
    older, *shown = server.dialog.newest(len(ids) + 1).messages
    assert ids == [message.id for message in shown]
    page = server.client.get("/messages", params={"before": ids[0], "limit": 1}).json()
    assert page["messages"][0]["id"] == older.id


def test_the_page_has_fifty_ordinary_messages(server: Server) -> None:
    messages = many(server.dialog, *(f"hello {number}" for number in range(60)))
    assert history_of(server)[1] == [message.id for message in messages[10:]]


def test_the_page_has_at_least_one_message(server: Server) -> None:
    many(server.dialog, *("<" * 20_000 for _ in range(3)))
    assert len(history_of(server)[1]) == 1
