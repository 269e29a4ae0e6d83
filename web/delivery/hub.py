"""The hub: where subscribers wait until the dialog has new messages. Nothing here knows HTTP.

Subscribers with the same cursor wait in one group. A group has one task, which reads the dialog
and encodes a page once, however many subscribers it has. After a page, the group itself moves on
to the next cursor.
"""

import asyncio
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from dialog import Dialog, DialogError, Page, Unavailable

log = logging.getLogger(__name__)


class Subscriber(Protocol):
    """A client connection that waits for messages, by any delivery method."""

    is_stream: bool  # whether it waits on after a page with messages
    limit: int  # most messages in one page
    timeout: float  # seconds until it is sent a page without messages
    deadline: float  # the time of that page by the clock of the loop; set by the hub
    group: "Group | None"  # the group in which it waits; set by the hub

    @staticmethod
    def encode(page: Page, /) -> bytes:
        """Return the bytes of a page for subscribers of this class. Called once for all of them."""

    def send(self, data: bytes, /) -> object:
        """Send an encoded page. Other work belongs in `finish`, because other subscribers wait."""

    def finish(self, cursor: str, /) -> None:
        """End after a page, whose next cursor is `cursor`. Not called for a stream."""

    def fail(self, error: DialogError, /) -> None:
        """End, because the dialog cannot be read from the subscriber's cursor."""


class Group:
    """Subscribers with the same cursor. A cursor of None means from now on."""

    def __init__(self, cursor: str | None) -> None:
        self.key = cursor
        self.cursor = cursor  # moves on past lines that are not messages
        self.limit = 0  # the largest limit of its subscribers
        self.subscribers: set[Subscriber] = set()
        self._first_deadline = math.inf
        self._timeout: asyncio.Timeout | None = None

    def add(self, subscriber: Subscriber) -> None:
        """Let a subscriber wait here until its deadline."""
        self.subscribers.add(subscriber)
        subscriber.group = self
        self.limit = max(self.limit, subscriber.limit)
        if subscriber.deadline < self._first_deadline:
            self._first_deadline = subscriber.deadline
            if self._timeout and not self._timeout.expired():
                self._timeout.reschedule(self._first_deadline)

    def expired(self) -> list[Subscriber]:
        """Return the subscribers whose deadline has passed."""
        now = asyncio.get_running_loop().time()
        if now < self._first_deadline:
            return []
        return [each for each in self.subscribers if each.deadline <= now]

    async def wait(self, changed: asyncio.Event) -> None:
        """Wait for `changed`, or until the first deadline has passed."""
        deadlines = (each.deadline for each in self.subscribers)
        self._first_deadline = min(deadlines, default=math.inf)
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._first_deadline) as self._timeout:
                await changed.wait()
        self._timeout = None


class Hub:
    """All subscribers of one dialog."""

    def __init__(self, dialog: Dialog) -> None:
        self.dialog = dialog
        self._groups: dict[str | None, Group] = {}
        self._tasks: dict[Group, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()

    def subscribe(self, subscriber: Subscriber, cursor: str | None) -> None:
        """Let a subscriber wait for the first page after `cursor`; None means from now on."""
        group = self._groups.get(cursor)
        if not group:
            group = Group(cursor)
            self._groups[cursor] = group
            self._tasks[group] = asyncio.create_task(self._serve(group))
        subscriber.deadline = asyncio.get_running_loop().time() + subscriber.timeout
        group.add(subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Remove a subscriber from its group, if it is in one."""
        if group := subscriber.group:
            subscriber.group = None
            group.subscribers.remove(subscriber)
            if not group.subscribers:
                self._close(group).cancel()

    def notify(self) -> None:
        """Wake every group, because there may be something to read."""
        self._changed.set()
        self._changed = asyncio.Event()

    def release(self, subscribers: Sequence[Subscriber]) -> None:
        """Send subscribers of one group a page without messages, once their cursor is known."""
        group = subscribers[0].group if subscribers else None
        if group and group.cursor is None:
            for subscriber in subscribers:
                subscriber.timeout = 0.0
        elif group and group.cursor is not None:
            self._send(subscribers, Page((), group.cursor, more=False))

    async def read(self, cursor: str, limit: int, *, fresh: bool = False) -> Page:
        """Return the page after `cursor` without blocking the loop.

        Messages of the last millisecond may be missing, unless the page has to be `fresh`. Raises
        DialogError.
        """
        page = self.dialog.after_nowait(cursor, limit, fresh=fresh)
        if page is None:
            page = await asyncio.to_thread(self.dialog.after, cursor, limit)
        return page

    def _close(self, group: Group) -> "asyncio.Task[None]":
        if self._groups.get(group.key) is group:
            del self._groups[group.key]
        return self._tasks.pop(group)

    async def _serve(self, group: Group) -> None:
        """Send a group one page after the other, until all have left or an error ends it."""
        try:
            if group.cursor is None:
                await self._start_now(group)
            while page := await self._next_page(group):
                self._send_page(group, page)
                await asyncio.sleep(0)  # let other groups and connections take their turn
            return
        except DialogError as raised:
            error = raised
        except Exception:
            log.exception("A group of subscribers was dropped.")
            error = Unavailable("The dialog could not be read. See the log of the server.")
        for subscriber in self._dissolve(group):
            subscriber.fail(error)

    async def _start_now(self, group: Group) -> None:
        """Move the subscribers of a group without a cursor to the end of the dialog."""
        del self._groups[group.key]  # a later subscriber must not see messages older than itself
        cursor = await asyncio.to_thread(self.dialog.end)
        for subscriber in self._dissolve(group):
            self.subscribe(subscriber, cursor)

    def _dissolve(self, group: Group) -> list[Subscriber]:
        """Close a group and return its subscribers, which are in no group then."""
        self._close(group)
        subscribers = list(group.subscribers)
        group.subscribers.clear()
        for subscriber in subscribers:
            subscriber.group = None
        return subscribers

    def _move(self, group: Group, cursor: str) -> None:
        """Let a group wait at `cursor`. If another group does, the larger one takes the smaller."""
        del self._groups[group.key]
        group.key = group.cursor = cursor
        there = self._groups.get(cursor, group)
        self._groups[cursor] = group
        if there is not group:
            small, large = sorted((group, there), key=lambda each: len(each.subscribers))
            self._groups[cursor] = large
            if small is there:
                self._tasks[there].cancel()
            for subscriber in self._dissolve(small):
                large.add(subscriber)

    def _send_page(self, group: Group, page: Page) -> None:
        """Send each subscriber of a group as much of a page as its limit allows."""
        whole: list[Subscriber] = []
        by_limit: dict[int, list[Subscriber]] = {}
        for subscriber in group.subscribers:
            fits = len(page.messages) <= subscriber.limit
            (whole if fits else by_limit.setdefault(subscriber.limit, [])).append(subscriber)
        self._move(group, page.next)  # first, because a stream that pauses reads its cursor there
        for limit, limited in by_limit.items():
            messages = page.messages[:limit]
            part = Page(messages, messages[-1].id, more=True)
            for subscriber in limited:
                self.unsubscribe(subscriber)
                self.subscribe(subscriber, part.next)
            self._send(limited, part)
        self._send(whole, page)

    def _send(self, subscribers: Sequence[Subscriber], page: Page) -> None:
        """Send a page to all subscribers first. Then finish those that wait for one page only."""
        finished = [each for each in subscribers if not each.is_stream]
        for subscriber in finished:
            self.unsubscribe(subscriber)
        now = asyncio.get_running_loop().time()
        encoded: dict[type[Subscriber], bytes] = {}
        for subscriber in subscribers:
            kind = type(subscriber)
            if kind not in encoded:
                encoded[kind] = kind.encode(page)
            subscriber.deadline = now + subscriber.timeout
            try:
                subscriber.send(encoded[kind])
            except Exception:
                log.exception("A subscriber was not sent a page.")
        for subscriber in finished:
            subscriber.finish(page.next)

    async def _next_page(self, group: Group) -> Page | None:
        """Return the first page after a group's cursor with messages; None if all have left.

        If the dialog cannot be read, subscribers keep waiting until it can.
        """
        while group.subscribers:  # the last subscriber may leave when it is sent an empty page
            changed = self._changed  # before the read, so a message appended after it is noticed
            expired = group.expired()
            try:
                page = await self._read_messages(group, fresh=not all(e.timeout for e in expired))
            except Unavailable as error:
                for subscriber in expired:
                    if subscriber.group is group and not subscriber.timeout:
                        self.unsubscribe(subscriber)
                        subscriber.fail(error)
            else:
                if page.messages:
                    return page
                group.cursor = page.next
            self.release([each for each in expired if each.group is group])
            await group.wait(changed)
        return None

    async def _read_messages(self, group: Group, *, fresh: bool) -> Page:
        """Return what follows a group's cursor, past all lines that are not messages."""
        page = await self.read(group.cursor or "", group.limit, fresh=fresh)
        while page.more and not page.messages:
            await asyncio.sleep(0)
            page = await self.read(page.next, group.limit, fresh=fresh)
        return page
