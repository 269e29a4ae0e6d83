"""The sessions of the lab. Each viewer has one, so that no viewer disturbs another."""

import asyncio
import itertools
import logging
import math
import secrets
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self, TypeVar

from werkzeug.exceptions import NotFound

from dialog import Dialog, DialogError, open_dialog
from web.access import AccessControl
from web.asgi import FrontDoor
from web.capacity import Capacity
from web.errors import ApiError
from web.forwarded import TrustedProxies
from web.lab.link import Link
from web.lab.networks import DEFAULT_SOURCE, LOCAL, Network, Source
from web.lab.relay import Relay
from web.wsgi import WsgiBridge

log = logging.getLogger(__name__)

MOST_SESSIONS = 100
MOST_MESSAGES = 20_000  # in a session: half an hour at ten a second
IDLE_TIMEOUT = 60.0  # seconds without a connection, after which a session ends
SWEEP_INTERVAL = 5.0  # seconds
AUTHOR = "Lab"

T = TypeVar("T")


class Session:
    """One viewer's dialog, message source and network. Lives on the loop."""

    def __init__(self, id_: str, dialog: Dialog, front_door: FrontDoor) -> None:
        random = Random()
        self.id = id_
        self.dialog = dialog
        self.front_door = front_door
        self.up, self.down = Link(random), Link(random)
        self.relays: set[Relay] = set()
        self.source = DEFAULT_SOURCE
        self._loop = asyncio.get_running_loop()
        self._random = random
        self._numbers = itertools.count(1)
        self._return: asyncio.TimerHandle | None = None
        self._appends: set[asyncio.Future[Any]] = set()
        self._has_ended = False
        self._talking = asyncio.create_task(self._talk())
        self.touch()

    @property
    def network(self) -> Network:
        """The network between the page and the server."""
        return self.down.network

    def touch(self) -> None:
        """Remember that the viewer is there."""
        self._touched = self._loop.time()

    @property
    def is_idle(self) -> bool:
        """Whether the viewer has gone."""
        return not self.relays and self._loop.time() - self._touched > IDLE_TIMEOUT

    def choose_network(self, network: Network) -> None:
        """Put another network between the page and the server."""
        opens_again = self.network.is_proxy or network.is_proxy
        for link in (self.up, self.down):
            link.change(network, self._loop.time())
        for relay in list(self.relays):
            if opens_again:
                relay.abort()
            else:
                relay.restart_cut()
        if self._return:
            self._return.cancel()
            self._return = None
        if network.lasts < math.inf:
            self._return = self._loop.call_later(network.lasts, self.choose_network, LOCAL)

    def choose_source(self, source: Source) -> None:
        """Let messages come as often as another source has them."""
        self.source = source
        self._talking.cancel()
        self._talking = asyncio.create_task(self._talk())

    async def say(self) -> None:
        """Append a message now. Raises ApiError if there are too many, DialogError."""
        if self._has_ended:
            raise no_session()
        number = next(self._numbers)
        if number > MOST_MESSAGES:
            raise ApiError(
                429, "rate_limited", "This experiment has too many messages. Load the page again."
            )
        text = f"Message {number} of this experiment."
        append = asyncio.ensure_future(asyncio.to_thread(self.dialog.append, text, author=AUTHOR))
        self._appends.add(append)
        append.add_done_callback(self._appends.discard)
        await asyncio.shield(append)  # a thread cannot be cancelled
        self.front_door.hub.notify()

    async def _talk(self) -> None:
        """Append a message whenever the source has one. The clock does not drift."""
        if math.isinf(self.source.interval):
            return
        due = self._loop.time()
        while True:
            mean = self.source.interval
            due += self._random.expovariate(1 / mean) if self.source.is_random else mean
            await asyncio.sleep(due - self._loop.time())
            try:
                await self.say()
            except ApiError:
                return
            except DialogError as error:
                log.warning("The lab could not write a message. %s", error)

    def end(self) -> None:
        """Stop the source and cut all connections."""
        self._has_ended = True
        self._talking.cancel()
        if self._return:
            self._return.cancel()
        for relay in list(self.relays):
            relay.abort()

    async def appended(self) -> None:
        """Wait for the messages that are being appended."""
        await asyncio.gather(*self._appends, return_exceptions=True)


class Lab:
    """All sessions of one server. A context manager, entered on the loop.

    Other threads reach it with `run`.
    """

    def __init__(self, access: AccessControl, capacity: Capacity, proxies: TrustedProxies) -> None:
        self._rules = access, capacity, proxies
        self._sessions: dict[str, Session] = {}

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._folder = tempfile.TemporaryDirectory(prefix="chat-lab-", ignore_cleanup_errors=True)
        self._sweeping = asyncio.create_task(self._sweep())
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._sweeping.cancel()
        for session in self._sessions.values():
            session.end()
        self._folder.cleanup()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop, from another thread, and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def find(self, id_: str) -> Session | None:
        """Return the session with this id, or None if it has ended."""
        return self._sessions.get(id_)

    def get(self, id_: str) -> Session:
        """Return a session. Raises ApiError if it has ended."""
        if session := self._sessions.get(id_):
            session.touch()
            return session
        raise no_session()

    async def create(self) -> Session:
        """Return a new session. Raises ApiError if there are too many."""
        if len(self._sessions) >= MOST_SESSIONS:
            raise ApiError(
                503, "crowded", "Too many viewers use the lab. Try again later.", retry_after=10
            )
        id_ = secrets.token_urlsafe(6)
        dialog = open_dialog(str(Path(self._folder.name) / f"{id_}.jsonl"))
        front_door = FrontDoor(dialog, WsgiBridge(NotFound()), *self._rules)
        self._sessions[id_] = Session(id_, dialog, front_door)
        return self._sessions[id_]

    async def end(self, id_: str) -> None:
        """End a session, if it has not ended yet."""
        if not (session := self._sessions.pop(id_, None)):
            return
        session.end()
        log.info("The lab ended session %s.", id_)
        await session.appended()  # an append would create the file again
        self._remove_files(id_)

    def _remove_files(self, id_: str) -> None:
        for path in Path(self._folder.name).glob(f"{id_}.jsonl*"):
            path.unlink(missing_ok=True)

    async def _sweep(self) -> None:
        """End the sessions whose viewers have gone."""
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            for id_ in [id_ for id_, session in self._sessions.items() if session.is_idle]:
                await self.end(id_)


def no_session() -> ApiError:
    """Return the error for a session that has ended."""
    return ApiError(404, "no_session", "This experiment has ended. Load the page again.")
