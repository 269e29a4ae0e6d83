"""A soak: clients of mixed kinds come and go for a while, and nothing may grow.

    python bench/soak.py [--minutes 20] [--clients 300]

Prints what server and robot hold at the first minute, then every fifth: memory, threads,
descriptors.
"""

import argparse
import asyncio
import contextlib
import re
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

from websockets.asyncio.client import connect

HERE = Path(__file__).resolve().parent.parent
LONGEST_STAY = 60.0  # seconds
random = Random(1)


async def main() -> None:
    """Run server and robot, and clients against them."""
    parser = argparse.ArgumentParser(description="Let clients come and go for a while.")
    parser.add_argument("--minutes", type=int, default=20)
    parser.add_argument("--clients", type=int, default=300)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dialog = ["--dialog", str(Path(folder) / "dialog.jsonl")]
        async with (
            running("server.py", "--port", "0", "--posts", "0", *dialog) as (server, line),
            running("robot.py", *dialog) as (robot, _),
        ):
            host, port = re.findall(r"http://([^:]+):(\d+)", line)[0]
            served = Counter[str]()
            clients = [
                asyncio.create_task(client(host, port, served)) for _ in range(wanted.clients)
            ]
            print("minute process   MB  threads  descriptors  clients served", flush=True)
            for minute in range(1, wanted.minutes + 1):
                await asyncio.sleep(60)
                if minute == 1 or minute % 5 == 0:
                    for name, process in (("server", server), ("robot", robot)):
                        print(
                            f"{minute:>6} {name:<7} {holds(process.pid)} {served.total():>15,}",
                            flush=True,
                        )
            failed = [task.exception() for task in clients if task.done()]
            print(f"{len(failed)} clients failed {failed[:3]}; by kind: {dict(served)}")
            for task in clients:
                task.cancel()
            await asyncio.gather(*clients, return_exceptions=True)


@contextlib.asynccontextmanager
async def running(*command: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A program of ours, once it has said where it stands."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-u",
        *command,
        cwd=HERE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    try:
        yield process, (await process.stdout.readline()).decode()
    finally:
        process.terminate()
        await process.wait()


async def client(host: str, port: str, served: Counter[str]) -> None:
    """Come in some way, stay a while, go; again and again. Some say something, some just leave."""
    while True:
        kind = random.choice([page, post, polling, waiting, events, socket])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(random.uniform(0, LONGEST_STAY)):
                await kind(host, port)
        served[kind.__name__] += 1


async def ask(host: str, port: str, head: str, body: str = "") -> None:
    """Send one request and read what comes, until it ends."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        writer.write(
            f"{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{length}\r\n{body}".encode()
        )
        while await reader.read(65536):
            pass
    finally:
        writer.close()


async def page(host: str, port: str) -> None:
    """Load the page and look at it."""
    await ask(host, port, "GET /")
    await ask(host, port, "GET /img/silk.webp")
    await asyncio.sleep(LONGEST_STAY)


async def post(host: str, port: str) -> None:
    """Say something every now and then."""
    while True:
        await ask(host, port, "POST /messages", '{"text": "hello", "author": "Ann"}')
        await asyncio.sleep(20)


async def polling(host: str, port: str) -> None:
    """Ask each second."""
    while True:
        await ask(host, port, "GET /messages?limit=5")
        await asyncio.sleep(1)


async def waiting(host: str, port: str) -> None:
    """Wait for one message after another."""
    while True:
        await ask(host, port, "GET /messages/wait")


async def events(host: str, port: str) -> None:
    """Listen to events."""
    await ask(host, port, "GET /messages/events")


async def socket(host: str, port: str) -> None:
    """Hold a socket."""
    async with connect(f"ws://{host}:{port}/messages/socket") as messages:
        async for _ in messages:
            pass


def holds(pid: int) -> str:
    """What a process holds now."""
    process = Path("/proc") / str(pid)
    resident = (process / "status").read_text().partition("VmRSS:")[2].split()[0]
    threads, descriptors = (len(list((process / what).iterdir())) for what in ("task", "fd"))
    return f"{int(resident) // 1024:>5} {threads:>8} {descriptors:>12}"


if __name__ == "__main__":
    asyncio.run(main())
