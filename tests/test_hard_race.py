"""Hard cases 1-5 and 7: race and order. (6 needs a browser.)"""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dialog import DialogError, FileDialog, Page
from places import Place, Places
from tests.conftest import Server, serving
from tests.talk import by_hand, fill
from tests.ways import WAYS, Way, every_way, heads, polling, raw, read, texts, waiting_ways

pytestmark = pytest.mark.both


@pytest.mark.file
def test_01_a_message_between_nothing_new_and_the_wait_is_heard(path: Path) -> None:
    class Sly(FileDialog):
        """Somebody speaks right after each look that found nothing."""

        def after(self, cursor: str, limit: int) -> Page:
            page = super().after(cursor, limit)
            if not page.messages:
                self.append("in between")
                places.ring()
            return page

    class Listener:
        """It waits, and keeps what it is told."""

        patience = 5.0
        deadline = 0.0
        place: Place | None = None

        def __init__(self) -> None:
            self.told: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        @staticmethod
        def encode(page: Page) -> bytes:
            return page.json

        def send(self, encoded: bytes) -> None:
            self.told.set_result(encoded)

        def goes_on(self, cursor: str) -> bool:
            return False

        def refuse(self, error: DialogError) -> None:
            raise error

    async def listen() -> list[str]:
        listener = Listener()
        places.join([listener], dialog.start(), 10)
        return texts(json.loads(await listener.told))

    dialog = Sly(path)
    places = Places(dialog)
    with ThreadPoolExecutor() as pool:  # Playwright may keep a loop in this thread
        assert pool.submit(asyncio.run, listen()).result() == ["in between"]


@every_way
def test_02_a_message_between_the_page_and_its_first_request_is_heard(
    server: Server, way: Way
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
    first, *others = [read(way(server, start), 50_000) for way in WAYS.values()]
    assert [m["text"] for m in first] == [str(number) for number in range(50_000)]
    assert all(other == first for other in others)


def test_04_the_way_can_change_in_mid_stream(server: Server) -> None:
    cursor = server.cursor()
    heard = []
    for number in range(12):
        server.say(str(number))
        page = next(list(WAYS.values())[number % 4](server, cursor))
        heard += texts(page)
        cursor = page["next"]
    assert heard == [str(number) for number in range(12)]


@pytest.mark.parametrize("way", [polling, *waiting_ways])
def test_05_an_answer_lost_on_its_way_comes_again(server: Server, way: Way) -> None:
    start = server.cursor()
    said = [server.say(str(number)) for number in range(3)]
    lost = heads(start).get(way, f"GET /messages?after={start} HTTP/1.1\r\n\r\n".encode())
    with raw(server, lost) as client:
        client.recv(1)  # it is on its way; the rest is never read
    assert read(way(server, start), 3) == said
    assert read(way(server, start), 3) == said


@pytest.mark.file
def test_07_a_clock_that_goes_back_changes_no_order(path: Path) -> None:
    back = "import dialog.file as f; t = iter([0, 1800, 900]); now = f.timestamp"
    with serving(path, patch=f"{back}; f.timestamp = lambda: now(next(t))") as server:
        start = server.cursor()
        said = [server.say(text) for text in "abc"]
        assert said[0]["time"] > said[2]["time"] > said[1]["time"]
        assert [read(way(server, start), 3) for way in WAYS.values()] == [said] * 4
        newest = server.client.get("/messages").json()["messages"]
        assert newest == said
        assert fill(FileDialog(path), "d")[0].text == "d"
