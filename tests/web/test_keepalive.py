"""Pings: one timer for all, each peer once per interval, and a silent peer is dropped."""

import asyncio
from collections import Counter

from tests.loops import run
from web.keepalive import TURNS, Keepalive

INTERVAL = 0.2  # seconds


class Peer:
    """A client that answers pings, or does not."""

    is_alive = True

    def __init__(self, keepalive: Keepalive, answers: bool) -> None:
        self.pings = 0
        self.dropped = asyncio.Event()
        self._keepalive, self._answers = keepalive, answers

    def ping(self) -> None:
        self.pings += 1
        self.is_alive = self._answers

    def drop(self) -> None:
        self._keepalive.remove(self)
        self.dropped.set()


def test_a_silent_peer_is_dropped_and_an_answering_one_stays() -> None:
    async def check() -> None:
        keepalive = Keepalive()
        silent, answering = (Peer(keepalive, answers) for answers in (False, True))
        keepalive.add(silent, INTERVAL)
        keepalive.add(answering, INTERVAL)
        await asyncio.wait_for(silent.dropped.wait(), 10)
        assert silent.pings == 1
        assert not answering.dropped.is_set()
        keepalive.remove(answering)
        keepalive.remove(answering)

    run(check())


def test_peers_take_turns_within_an_interval() -> None:
    async def check() -> None:
        keepalive = Keepalive()
        for _ in range(3 * TURNS):
            keepalive.add(Peer(keepalive, answers=True), INTERVAL)
        assert Counter(map(len, keepalive._turns)) == {3: TURNS}

    run(check())
