"""Pings for thousands of WebSockets with one timer, a few at a time."""

import asyncio
from typing import Protocol

TURNS = 20  # in each interval, so that not all connections are pinged at the same moment


class Peer(Protocol):
    """A connection whose client must show that it is there."""

    is_alive: bool  # set to True by whatever the client sends

    def ping(self) -> None:
        """Ask the client for a sign of life."""

    def drop(self) -> None:
        """Disconnect, because the client has not answered."""


class Keepalive:
    """Pings each peer once per interval, and drops it if it was silent since the last ping."""

    def __init__(self) -> None:
        self._turns: list[set[Peer]] = [set() for _ in range(TURNS)]
        self._turn_of: dict[Peer, int] = {}
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, peer: Peer, interval: float) -> None:
        """Ping a peer from now on. All peers have the same `interval` in seconds."""
        peer.is_alive = True
        turn = len(self._turn_of) % TURNS
        self._turn_of[peer] = turn
        self._turns[turn].add(peer)
        if not self._timer:
            self._wait(interval)

    def remove(self, peer: Peer) -> None:
        """Ping a peer no more. Does nothing for a peer that is not pinged."""
        if (turn := self._turn_of.pop(peer, None)) is not None:
            self._turns[turn].remove(peer)

    def _wait(self, interval: float) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(interval / TURNS, self._take_turn, interval)

    def _take_turn(self, interval: float) -> None:
        self._timer = None
        for peer in list(self._turns[self._next]):
            if peer.is_alive:
                peer.is_alive = False
                peer.ping()
            else:
                peer.drop()
        self._next = (self._next + 1) % TURNS
        if self._turn_of:
            self._wait(interval)
