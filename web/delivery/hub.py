"""Where clients wait for the dialog to go on.

Those who have read as far as one another wait in one place. A place has one coroutine, which reads
on as soon as there is something to read: so the dialog is read once, and a page encoded once,
however many wait for it. Nothing here knows HTTP.

The loop reads what can be told at once: a file takes some ten microseconds, and of Redis the
newest pages are in memory. What has to be asked for is asked in a thread.
"""

import asyncio
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic  # the clock of asyncio, without a system call to learn the loop
from typing import Protocol

from dialog import Dialog, DialogError, Page, Unavailable

log = logging.getLogger(__name__)


class Client(Protocol):
    """One that waits, in one of the ways."""

    patience: float  # seconds until it wants to hear that there is nothing
    deadline: float  # of the monotonic clock; set when it joins
    place: "Place | None"  # where it waits now

    @staticmethod
    def encode(page: Page, /) -> bytes:
        """Return what is sent of a page: the same for all of a class."""

    def send(self, encoded: bytes, /) -> None:
        """Send a page, and do nothing else as yet: others wait for it, too."""

    def goes_on(self, cursor: str, /) -> bool:
        """Whether it waits for what comes after `cursor`, now that it was sent a page."""

    def refuse(self, error: DialogError, /) -> None:
        """End, as there is no going on from where it waited."""


class Place:
    """Where all wait that have read as far as `cursor`."""

    def __init__(self, cursor: str, limit: int) -> None:
        self.key = cursor, limit
        self.cursor = cursor  # moves on over lines that are no messages
        self.limit = limit
        self.clients: set[Client] = set()
        self.first = math.inf  # when the first one's patience is over
        self._timeout: asyncio.Timeout | None = None

    def add(self, client: Client) -> None:
        """Let it wait here, until its deadline."""
        self.clients.add(client)
        client.place = self
        if client.deadline < self.first:
            self.first = client.deadline
            if self._timeout:
                self._timeout.reschedule(self.first)

    def late(self) -> list[Client]:
        """Return those whose patience is over. From now on the others count."""
        now = monotonic()
        if now < self.first:
            return []
        late = [client for client in self.clients if client.deadline <= now]
        deadlines = (client.deadline for client in self.clients if client.deadline > now)
        self.first = min(deadlines, default=math.inf)
        return late

    async def sleep(self, changed: asyncio.Event) -> None:
        """Wait for that, or until the first one's patience is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self.first) as self._timeout:
                await changed.wait()
        self._timeout = None


class Places:
    """All who wait for one dialog."""

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog
        self._places: dict[tuple[str, int], Place] = {}
        self._readers: dict[Place, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()

    def join(self, clients: Sequence[Client], cursor: str, limit: int) -> None:
        """Let them wait for the first page after `cursor`, of at most `limit` messages."""
        place = self._places.get((cursor, limit))
        if not place:
            place = Place(cursor, limit)
            self._places[place.key] = place
            self._readers[place] = asyncio.create_task(self._attend(place))
        now = monotonic()
        for client in clients:
            client.deadline = now + client.patience
            place.add(client)

    def leave(self, client: Client) -> None:
        """Let it wait no more, wherever it waits."""
        if place := client.place:
            client.place = None
            place.clients.remove(client)
            if not place.clients:
                self._close(place).cancel()

    def ring(self) -> None:
        """Wake all: there may be something to read."""
        self._changed.set()
        self._changed = asyncio.Event()

    def dismiss(self, place: Place, clients: Sequence[Client]) -> None:
        """Tell some of those who wait there that there is nothing."""
        for client in clients:
            self.leave(client)
        self._tell(clients, Page((), place.cursor, more=False), place.limit)

    def _close(self, place: Place) -> "asyncio.Task[None]":
        del self._places[place.key]
        return self._readers.pop(place)

    async def _attend(self, place: Place) -> None:
        """Tell all in this place what comes after it."""
        told: Page | DialogError | None
        try:
            told = await self._read(place)
        except DialogError as error:
            told = error
        except Exception:
            log.exception("Those who wait are sent away.")
            told = Unavailable("The dialog could not be read: see the server's log.")
        if told is None:
            return
        self._close(place)
        for client in place.clients:
            client.place = None
        if isinstance(told, Page):
            self._tell(list(place.clients), told, place.limit)
        else:
            for client in place.clients:
                client.refuse(told)

    def _tell(self, clients: Sequence[Client], page: Page, limit: int) -> None:
        """Send a page to them all; only then see to what else there is to do."""
        encoded: dict[type[Client], bytes] = {}
        for client in clients:
            kind = type(client)
            if kind not in encoded:
                encoded[kind] = kind.encode(page)
            try:
                client.send(encoded[kind])
            except Exception:
                log.exception("One who waits was not told.")
        if staying := [client for client in clients if client.goes_on(page.next)]:
            self.join(staying, page.next, limit)

    async def _read(self, place: Place) -> Page | None:
        """Return the first page after this place, once there is one; None if nobody waits for it.

        While the dialog cannot be read there is none: who waits goes on when it can be again.
        """
        while place.clients:  # none: the last one left, perhaps as we told it that there is nothing
            # Taken before the read: whatever is appended after the read rings this one.
            changed = self._changed
            late = place.late()
            at_once = not all(client.patience for client in late)
            try:
                page = await self._next(place.cursor, place.limit, fresh=at_once)
            except Unavailable as trouble:
                for client in late:
                    if client.place is place and not client.patience:
                        self.leave(client)
                        client.refuse(trouble)
            else:
                if page.messages:
                    return page
                place.cursor = page.next
            self.dismiss(place, [client for client in late if client.place is place])
            await place.sleep(changed)
        return None

    async def _next(self, cursor: str, limit: int, *, fresh: bool) -> Page:
        """Return what comes after `cursor`, past all lines that are no messages. DialogError."""
        page = await read(self._dialog, cursor, limit, fresh=fresh)
        while page.more and not page.messages:
            await asyncio.sleep(0)
            page = await read(self._dialog, page.next, limit, fresh=fresh)
        return page


async def read(dialog: Dialog, cursor: str, limit: int, *, fresh: bool = False) -> Page:
    """Return what comes after `cursor`, and keep nobody else waiting for it. DialogError.

    What was appended in the last millisecond may be missing, unless it is to be `fresh`.
    """
    page = dialog.after_nowait(cursor, limit, fresh=fresh)
    if page is None:
        page = await asyncio.to_thread(dialog.after, cursor, limit)
    return page
