"""Guards of the hub, each in a small test. tests/proofs/schedules.py has the whole promise."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import cast

import pytest

from dialog import Dialog, Page
from tests.loops import run
from tests.proofs.memory_dialog import MemoryDialog
from tests.proofs.readers import MemoryConnection, Reader
from tests.proofs.seeded_loop import SeededLoop
from web.delivery import server_sent_events
from web.delivery.hub import Group, Hub, Subscriber

PATIENCE = 10.0  # seconds; less than the heartbeat, which would bring the message, too


class SlowDialog(MemoryDialog):
    """A dialog that another program appends to just after a read, before the page arrives."""

    def __init__(self, on_read: Callable[[], None]) -> None:
        super().__init__(Random(0), lags=False, others=lambda: None)
        self._on_read = on_read

    def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:
        return None

    def after(self, cursor: str, limit: int) -> Page:
        page = super().after(cursor, limit)
        self._on_read()
        return page


class Waiting:
    """A subscriber that keeps the first page."""

    is_stream = False
    limit = 10
    timeout = 2 * PATIENCE
    deadline = 0.0
    group: Group | None = None

    def __init__(self) -> None:
        self.page: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    @staticmethod
    def encode(page: Page) -> bytes:
        return page.json

    def send(self, data: bytes) -> None:
        self.page.set_result(data)

    def finish(self, cursor: str) -> None:
        """Do nothing, because the page is kept."""

    def fail(self, error: Exception) -> None:
        self.page.set_exception(error)


def test_a_message_that_arrives_during_a_read_is_sent_at_once() -> None:
    async def receive() -> bytes:
        loop = asyncio.get_running_loop()

        def append_once() -> None:
            if not dialog.lines[0]:
                dialog.write("hello")
                loop.call_soon_threadsafe(hub.notify)

        dialog = SlowDialog(append_once)
        hub = Hub(cast(Dialog, dialog))
        subscriber = Waiting()
        hub.subscribe(subscriber, "0-0")
        return await asyncio.wait_for(subscriber.page, PATIENCE)

    assert b"hello" in run(receive())


class AlwaysFull(Random):
    """Lets a reader have no room for more after each page."""

    def random(self) -> float:
        return 0.0


def test_a_client_that_does_not_read_is_sent_no_further_page() -> None:
    loop = SeededLoop(Random(0))
    dialog = MemoryDialog(Random(0), lags=False, others=lambda: None)
    reader = Reader(0, dialog, loop, AlwaysFull())
    reader.cursor = "0-0"
    dialog.write("a")
    dialog.write("b")
    with loop.running():
        reader.connect(Hub(cast(Dialog, dialog)), server_sent_events.METHOD, {"limit": "1"})
        loop.settle()
        assert reader.received == ["a"]
        connection = cast(MemoryConnection, reader.connection)
        connection.resume()
        loop.settle()
        assert reader.received == ["a", "b"]
        connection.leave()
        loop.settle()
    assert not reader.violations


class Staying(Waiting):
    """A subscriber that waits on after the first page."""

    is_stream = True


def test_subscribers_who_return_one_by_one_move_in_linear_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise each of 10,000 would take all before it into its own group, after a restart."""
    count, added = 300, 0
    add = Group.add

    def count_added(group: Group, subscriber: Subscriber) -> None:
        nonlocal added
        added += 1
        add(group, subscriber)

    async def return_one_by_one() -> None:
        dialog = MemoryDialog(Random(0), lags=False, others=lambda: None)
        dialog.write("missed")
        hub = Hub(cast(Dialog, dialog))
        subscribers = [Staying() for _ in range(count)]
        for subscriber in subscribers:
            hub.subscribe(subscriber, "0-0")
            assert b"missed" in await asyncio.wait_for(subscriber.page, PATIENCE)
        for subscriber in subscribers:
            hub.unsubscribe(subscriber)

    monkeypatch.setattr(Group, "add", count_added)
    run(return_one_by_one())
    assert added <= 3 * count


def test_a_subscriber_may_join_a_group_whose_deadline_is_passing() -> None:
    """The schedules found this with seed 3324: asyncio allows no change of an expiring timeout."""

    async def join_an_expiring_group() -> None:
        group = Group("0-0")
        late, early = Waiting(), Waiting()
        late.deadline, early.deadline = 0.0, -1.0
        group.add(late)
        wait = asyncio.create_task(group.wait(asyncio.Event()))
        await asyncio.sleep(0)  # the task begins to wait
        await asyncio.sleep(0)  # its timeout expires, and the task has yet to notice
        group.add(early)
        await asyncio.wait_for(wait, PATIENCE)

    run(join_an_expiring_group())
