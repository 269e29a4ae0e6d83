"""Hard cases 1 to 5 and 7: races and order. Case 6 needs a browser."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dialog import DialogError, FileStore, Page
from tests import patches
from tests.conftest import Server, serving
from tests.delivery_methods import (
    DELIVERY_METHODS,
    DeliveryMethod,
    connection,
    each_method,
    read,
    texts,
    waiting_requests,
)
from tests.loops import run
from tests.messages import by_hand, fill
from web.delivery.hub import Group, Hub

pytestmark = pytest.mark.both


class Subscriber:
    """Waits in the hub and keeps the messages. Calls `on_empty_page` for each empty page."""

    is_stream = True
    limit = 10
    timeout = 5.0
    deadline = 0.0
    group: Group | None = None

    def __init__(self, on_empty_page: Callable[[], None]) -> None:
        self.received: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self.on_empty_page = on_empty_page

    @staticmethod
    def encode(page: Page) -> bytes:
        return page.json

    def send(self, data: bytes) -> None:
        received = texts(json.loads(data))
        if not received:
            self.on_empty_page()
        elif not self.received.done():
            self.received.set_result(received)

    def finish(self, _: str) -> None:
        """Do nothing, because a stream goes on."""

    def fail(self, error: DialogError) -> None:
        raise error


@pytest.mark.file
def test_01_a_message_appended_before_the_wait_is_delivered(path: Path) -> None:
    class AppendsAfterReading(FileStore):
        """Appends a message right after each read that found nothing."""

        def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:
            page = super().after_nowait(cursor, limit)
            if page and not page.messages:
                self.append("in between")
                hub.notify()
            return page

    async def receive() -> list[str]:
        subscriber = Subscriber(lambda: None)
        hub.subscribe(subscriber, dialog.start())
        return await asyncio.wait_for(subscriber.received, 10)

    dialog = AppendsAfterReading(path)
    hub = Hub(dialog)
    assert run(receive()) == ["in between"]


@pytest.mark.file
def test_01_a_message_appended_while_an_empty_page_is_sent_is_delivered(path: Path) -> None:
    def append() -> None:
        dialog.append("in between")
        hub.notify()

    async def receive() -> list[str]:
        subscriber = Subscriber(append)
        subscriber.timeout = 0.0  # gets an empty page at once, and waits on
        hub.subscribe(subscriber, dialog.start())
        subscriber.timeout = Subscriber.timeout
        return await asyncio.wait_for(subscriber.received, 10)

    dialog = FileStore(path)
    hub = Hub(dialog)
    assert run(receive()) == ["in between"]


@each_method
def test_02_a_message_posted_before_the_first_request_of_the_page_is_delivered(
    server: Server, method: DeliveryMethod
) -> None:
    for text in "ab":
        server.say(text)
    cursor = re.search(r'data-next="([^"]+)"', server.client.get("/").text)
    posted = server.say("in between")
    assert cursor
    assert read(method(server, cursor[1]), 1) == [posted]


def test_03_each_method_delivers_a_burst_once_and_in_order(server: Server) -> None:
    start = server.cursor()
    by_hand(server.dialog, *({"text": str(number)} for number in range(50_000)))
    first, *others = [read(method(server, start), 50_000) for method in DELIVERY_METHODS.values()]
    assert [m["text"] for m in first] == [str(number) for number in range(50_000)]
    assert all(other == first for other in others)


def test_04_a_client_can_change_the_method_at_any_cursor(server: Server) -> None:
    cursor = server.cursor()
    received = []
    for number in range(12):
        server.say(str(number))
        method = list(DELIVERY_METHODS.values())[number % len(DELIVERY_METHODS)]
        page = next(method(server, cursor))
        received += texts(page)
        cursor = page["next"]
    assert received == [str(number) for number in range(12)]


@each_method
def test_05_a_lost_answer_is_sent_again_for_the_same_cursor(
    server: Server, method: DeliveryMethod
) -> None:
    start = server.cursor()
    posted = [server.say(str(number)) for number in range(3)]
    poll = f"GET /messages?after={start} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with connection(server, waiting_requests(start).get(method, poll)) as client:
        client.recv(1)  # the answer is on its way; the rest is never read
    assert read(method(server, start), 3) == posted
    assert read(method(server, start), 3) == posted


@pytest.mark.file
def test_07_a_clock_that_goes_back_changes_no_order(path: Path) -> None:
    with serving(path, patch=patches.jumping_clock) as server:
        start = server.cursor()
        posted = [server.say(text) for text in "abc"]
        assert posted[0]["time"] > posted[2]["time"] > posted[1]["time"]
        for method in DELIVERY_METHODS.values():
            assert read(method(server, start), 3) == posted
        assert server.client.get("/messages").json()["messages"] == posted
        assert fill(FileStore(path), "d")[0].text == "d"
