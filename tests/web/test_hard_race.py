"""Hard cases 1-5 and 7: race and order. (6 needs a browser.)"""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dialog import DialogError, FileStore, Page
from tests.conftest import Server, serving
from tests.delivery_methods import (
    DELIVERY_METHODS,
    DeliveryMethod,
    each_method,
    heads,
    polling,
    raw,
    read,
    texts,
    waiting_methods,
)
from tests.messages import by_hand, fill
from web.delivery.hub import Group, Hub

pytestmark = pytest.mark.both


class Listener:
    """It waits, and keeps what it is told. `then` is called when that is nothing."""

    timeout = 5.0
    deadline = 0.0
    group: Group | None = None

    def __init__(self, then: Callable[[], None]) -> None:
        self.told: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self.then = then

    @staticmethod
    def encode(page: Page) -> bytes:
        return page.json

    def send(self, encoded: bytes) -> None:
        if heard := texts(json.loads(encoded)):
            self.told.set_result(heard)
        else:
            self.then()

    def advance(self, _: str) -> bool:
        self.timeout = Listener.timeout
        return not self.told.done()

    def fail(self, error: DialogError) -> None:
        raise error


def run(main: Coroutine[None, None, list[str]]) -> list[str]:
    """What it returns. In a thread: Playwright may keep a loop in this one."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, main).result()


@pytest.mark.file
def test_01_a_message_between_nothing_new_and_the_wait_is_heard(path: Path) -> None:
    class Sly(FileStore):
        """Somebody speaks right after each look that found nothing."""

        def after(self, cursor: str, limit: int) -> Page:
            page = super().after(cursor, limit)
            if not page.messages:
                self.append("in between")
                places.notify()
            return page

    async def listen() -> list[str]:
        listener = Listener(lambda: None)
        places.subscribe([listener], dialog.start(), 10)
        return await asyncio.wait_for(listener.told, 10)

    dialog = Sly(path)
    places = Hub(dialog)
    assert run(listen()) == ["in between"]


@pytest.mark.file
def test_01_a_message_while_one_is_told_that_there_is_nothing_is_heard(path: Path) -> None:
    def speak() -> None:
        dialog.append("in between")
        places.notify()

    async def listen() -> list[str]:
        listener = Listener(speak)
        listener.timeout = 0.0  # it is told so at once, and waits on
        places.subscribe([listener], dialog.start(), 10)
        return await asyncio.wait_for(listener.told, 10)

    dialog = FileStore(path)
    places = Hub(dialog)
    assert run(listen()) == ["in between"]


@each_method
def test_02_a_message_between_the_page_and_its_first_request_is_heard(
    server: Server, way: DeliveryMethod
) -> None:
    for text in "ab":
        server.say(text)
    shown = re.search(r'data-next="([^"]+)"', server.client.get("/").text)
    said = server.say("in between")
    assert shown
    assert read(way(server, shown[1]), 1) == [said]


def test_03_each_way_gives_all_of_a_burst_once_and_in_order(server: Server) -> None:
    start = server.cursor()
    by_hand(server.dialog, *({"text": str(number)} for number in range(50_000)))
    first, *others = [read(way(server, start), 50_000) for way in DELIVERY_METHODS.values()]
    assert [m["text"] for m in first] == [str(number) for number in range(50_000)]
    assert all(other == first for other in others)


def test_04_the_way_can_change_in_mid_stream(server: Server) -> None:
    cursor = server.cursor()
    heard = []
    for number in range(12):
        server.say(str(number))
        page = next(list(DELIVERY_METHODS.values())[number % 4](server, cursor))
        heard += texts(page)
        cursor = page["next"]
    assert heard == [str(number) for number in range(12)]


@pytest.mark.parametrize("way", [polling, *waiting_methods])
def test_05_an_answer_lost_on_its_way_comes_again(server: Server, way: DeliveryMethod) -> None:
    start = server.cursor()
    said = [server.say(str(number)) for number in range(3)]
    lost = heads(start).get(way, f"GET /messages?after={start} HTTP/1.1\r\n\r\n".encode())
    with raw(server, lost) as client:
        client.recv(1)  # it is on its way; the rest is never read
    assert read(way(server, start), 3) == said
    assert read(way(server, start), 3) == said


@pytest.mark.file
def test_07_a_clock_that_goes_back_changes_no_order(path: Path) -> None:
    back = "import dialog.file.store as f; t = iter([0, 1800, 900]); now = f.timestamp"
    with serving(path, patch=f"{back}; f.timestamp = lambda: now(next(t))") as server:
        start = server.cursor()
        said = [server.say(text) for text in "abc"]
        assert said[0]["time"] > said[2]["time"] > said[1]["time"]
        assert [read(way(server, start), 3) for way in DELIVERY_METHODS.values()] == [said] * 4
        newest = server.client.get("/messages").json()["messages"]
        assert newest == said
        assert fill(FileStore(path), "d")[0].text == "d"
