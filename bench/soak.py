"""A soak test: clients of all kinds come and go for a while, and no resource may grow.

    python bench/soak.py [--minutes 20] [--clients 300]

Prints the memory, threads and descriptors of server and robot after the first minute, then after
every fifth.
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

ROOT = Path(__file__).resolve().parent.parent
LONGEST_STAY = 60.0  # seconds
random = Random(1)


async def main() -> None:
    """Run server, robot and clients."""
    parser = argparse.ArgumentParser(description="Let clients come and go for a while.")
    parser.add_argument("--minutes", type=int, default=20)
    parser.add_argument("--clients", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dialog = ["--dialog", str(Path(folder) / "dialog.jsonl")]
        async with (
            running("server.py", "--port", "0", "--posts", "0", *dialog) as (server, line),
            running("robot.py", *dialog) as (robot, _),
        ):
            host, port = re.findall(r"http://([^:]+):(\d+)", line)[0]
            served = Counter[str]()
            clients = [
                asyncio.create_task(client(host, port, served)) for _ in range(options.clients)
            ]
            print("minute process   MB  threads  descriptors  clients served", flush=True)
            for minute in range(1, options.minutes + 1):
                await asyncio.sleep(60)
                if minute == 1 or minute % 5 == 0:
                    for name, process in (("server", server), ("robot", robot)):
                        print(
                            f"{minute:>6} {name:<7} {resources(process.pid)} {served.total():>15,}",
                            flush=True,
                        )
            failed = [task.exception() for task in clients if task.done()]
            print(f"{len(failed)} clients failed {failed[:3]}; by kind: {dict(served)}")
            for task in clients:
                task.cancel()
            await asyncio.gather(*clients, return_exceptions=True)


@contextlib.asynccontextmanager
async def running(*command: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Run a Python program. Yields its process and the first line that it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-u",
        *command,
        cwd=ROOT,
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
    """Connect as one kind of client, stay for a while, disconnect abruptly, and start again."""
    while True:
        kind = random.choice([page, post, polling, long_polling, server_sent_events, websocket])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(random.uniform(0, LONGEST_STAY)):
                await kind(host, port)
        served[kind.__name__] += 1


async def request(host: str, port: str, head: str, body: str = "") -> None:
    """Send one request and read the answer to its end."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        writer.write(
            f"{head} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{length}\r\n{body}".encode()
        )
        while await reader.read(65536):
            pass
    finally:
        writer.close()


async def page(host: str, port: str) -> None:
    """Load the page and stay on it."""
    await request(host, port, "GET /")
    await request(host, port, "GET /img/silk.webp")
    await asyncio.sleep(LONGEST_STAY)


async def post(host: str, port: str) -> None:
    """Post a message every 20 seconds."""
    while True:
        await request(host, port, "POST /messages", '{"text": "hello", "author": "Ann"}')
        await asyncio.sleep(20)


async def polling(host: str, port: str) -> None:
    """Poll every second."""
    while True:
        await request(host, port, "GET /messages?limit=5")
        await asyncio.sleep(1)


async def long_polling(host: str, port: str) -> None:
    """Wait for one message after another."""
    while True:
        await request(host, port, "GET /messages/wait")


async def server_sent_events(host: str, port: str) -> None:
    """Read events."""
    await request(host, port, "GET /messages/events")


async def websocket(host: str, port: str) -> None:
    """Read frames."""
    async with connect(f"ws://{host}:{port}/messages/socket") as messages:
        async for _ in messages:
            pass


def resources(pid: int) -> str:
    """Return the memory in MB, the threads and the descriptors of a process, as columns."""
    process = Path("/proc") / str(pid)
    resident = (process / "status").read_text().partition("VmRSS:")[2].split()[0]
    threads, descriptors = (len(list((process / name).iterdir())) for name in ("task", "fd"))
    return f"{int(resident) // 1024:>5} {threads:>8} {descriptors:>12}"


if __name__ == "__main__":
    asyncio.run(main())
