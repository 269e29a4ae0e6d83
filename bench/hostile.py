"""Hostile clients for the soak test. Each kind floods the server from an address of its own.

    python bench/hostile.py HOST PORT

It runs until it is terminated. HOST is a loopback address.
"""

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import NamedTuple

import httpx

LONGEST_ATTACK = 30.0  # seconds until a client connects again
PAUSE = 0.1  # seconds before that
HANDSHAKE = (
    b"GET /messages/socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
PINGS = b"\x89\x80\x00\x00\x00\x00" * 1000  # each asks for a pong, which the client does not read
CHUNKED = b"POST /messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
TRAILERS = (b"X-Trailer: " + b"x" * 1000 + b"\r\n") * 100


class Attack(NamedTuple):
    """Where a hostile client connects to, and from where."""

    host: str
    port: int
    address: str

    @contextlib.asynccontextmanager
    async def connection(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a connection."""
        local = (self.address, 0)
        reader, writer = await asyncio.open_connection(self.host, self.port, local_addr=local)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def send_forever(self, start: bytes, then: bytes) -> None:
        """Send `start`, and then the same bytes until the server disconnects. Read nothing."""
        async with self.connection() as (_, writer):
            writer.write(start)
            while True:
                writer.write(then)
                await writer.drain()


async def silence(attack: Attack) -> None:
    """Connect and send nothing."""
    async with attack.connection() as (reader, _):
        await reader.read()


async def frames(attack: Attack) -> None:
    """Flood with WebSocket frames."""
    await attack.send_forever(HANDSHAKE, PINGS)


async def trailers(attack: Attack) -> None:
    """Send a request whose trailers never end."""
    await attack.send_forever(CHUNKED, TRAILERS)


async def histories(attack: Attack) -> None:
    """Read the whole dialog backwards, in the largest pages."""
    transport = httpx.AsyncHTTPTransport(local_address=attack.address)
    url = f"http://{attack.host}:{attack.port}"
    async with httpx.AsyncClient(transport=transport, base_url=url, timeout=60) as client:
        query: dict[str, str] = {"limit": "9000"}
        more = True
        while more:
            page = (await client.get("/messages", params=query)).json()
            more = bool(page["messages"])
            if more:
                query["before"] = page["messages"][0]["id"]


CLIENTS: dict[Callable[[Attack], Awaitable[None]], int] = {
    silence: 200,
    frames: 4,
    trailers: 4,
    histories: 4,
}


async def repeat(kind: Callable[[Attack], Awaitable[None]], attack: Attack) -> None:
    """Attack again and again."""
    while True:
        with contextlib.suppress(OSError, TimeoutError, httpx.HTTPError, KeyError, ValueError):
            async with asyncio.timeout(LONGEST_ATTACK):
                await kind(attack)
        await asyncio.sleep(PAUSE)


async def main() -> None:
    """Run all hostile clients."""
    parser = argparse.ArgumentParser(description="Attack a server on this machine.")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    print("Attacking. Press Ctrl-C to stop.", flush=True)
    numbers = count(2)
    async with asyncio.TaskGroup() as tasks:
        for kind, clients in CLIENTS.items():
            attack = Attack(options.host, options.port, f"127.0.0.{next(numbers)}")
            for _ in range(clients):
                tasks.create_task(repeat(kind, attack))


if __name__ == "__main__":
    asyncio.run(main())
