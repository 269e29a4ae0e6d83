"""A soak test: clients of all kinds come and go, hostile ones too, and no resource may grow.

    python bench/soak.py [--minutes 20] [--clients 300]

Prints the memory, threads and descriptors of server and robot, and the delay of a message to
another subscriber, after the first minute and then after every fifth. The hostile clients of
hostile.py begin after the first minute. Exits with 1 if the server ever takes LARGEST_GROWTH more
memory than at the start, or if the median delay beside hostile clients exceeds LARGEST_DELAY.
"""

import argparse
import asyncio
import contextlib
import json
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from random import Random

from websockets.asyncio.client import connect

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.processes import ROOT
from dialog import timestamp

LONGEST_STAY = 60.0  # seconds
LARGEST_GROWTH = 100  # MB
LARGEST_DELAY = 20.0  # ms
PROBE_INTERVAL = 0.5  # seconds between two messages whose delay is measured
SAMPLES_PER_MINUTE = 12  # of the memory
LONG_MESSAGES = 20_000  # in the dialog at the start, so that histories are expensive
random = Random(1)


async def main() -> None:
    """Run server, robot and clients."""
    parser = argparse.ArgumentParser(description="Let clients come and go for a while.")
    parser.add_argument("--minutes", type=int, default=20)
    parser.add_argument("--clients", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dialog.jsonl"
        path.write_text(line(role="robot", text="x" * 1900) * LONG_MESSAGES)
        dialog = ["--dialog", str(path)]
        async with (
            running("server.py", "--port", "0", "--posts", "0", *dialog) as (server, printed),
            running("robot.py", *dialog) as (robot, _),
        ):
            host, port = re.findall(r"http://([^:]+):(\d+)", printed)[0]
            start = most = memory(server.pid)
            served = Counter[str]()
            delays: list[float] = []
            probe = asyncio.create_task(measure_delays(host, port, path, delays))
            clients = [
                asyncio.create_task(client(host, port, served)) for _ in range(options.clients)
            ]
            print(f"The server starts with {start} MB.")
            print("minute process   MB  threads  descriptors  clients served", flush=True)
            async with contextlib.AsyncExitStack() as stack:
                for minute in range(1, options.minutes + 1):
                    for _ in range(SAMPLES_PER_MINUTE):
                        await asyncio.sleep(60 / SAMPLES_PER_MINUTE)
                        most = max(most, memory(server.pid))
                    if minute == 1 or minute % 5 == 0:
                        for name, process in (("server", server), ("robot", robot)):
                            used = resources(process.pid)
                            print(f"{minute:>6} {name:<7} {used} {served.total():>15,}", flush=True)
                        print(f"       delay   {summary(delays)}", flush=True)
                    if minute == 1:
                        delays.clear()
                        await stack.enter_async_context(running("bench/hostile.py", host, port))
            failed = [task.exception() for task in [*clients, probe] if task.done()]
            print(f"{len(failed)} clients failed {failed[:3]}; by kind: {dict(served)}")
            print(f"most memory: {most} MB; delay beside hostile clients: {summary(delays)}")
            for task in [*clients, probe]:
                task.cancel()
            await asyncio.gather(*clients, probe, return_exceptions=True)
    if failed or most - start > LARGEST_GROWTH or statistics.median(delays) > LARGEST_DELAY:
        sys.exit(1)


def line(**fields: str) -> str:
    """Return a line of the dialog."""
    return json.dumps({"time": timestamp(), **fields}) + "\n"


async def measure_delays(host: str, port: str, path: Path, delays: list[float]) -> None:
    """Append messages, and add the time until a subscriber has them to `delays`, in ms."""
    async with connect(f"ws://{host}:{port}/messages/socket") as pages:
        for number in count():
            text = f"probe {number}"
            started = time.perf_counter()
            with path.open("a") as file:
                file.write(line(role="robot", text=text))
            while text not in str(await pages.recv()):
                pass
            delays.append((time.perf_counter() - started) * 1000)
            await asyncio.sleep(PROBE_INTERVAL)


def summary(delays: list[float]) -> str:
    """Return the median and the 99th percentile of delays."""
    hundredths = statistics.quantiles(delays, n=100)
    return f"{hundredths[49]:.1f} ms (median), {hundredths[98]:.1f} ms (99th percentile)"


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
    threads, descriptors = (len(list((process / name).iterdir())) for name in ("task", "fd"))
    return f"{memory(pid):>5} {threads:>8} {descriptors:>12}"


def memory(pid: int) -> int:
    """Return the memory of a process in MB."""
    status = (Path("/proc") / str(pid) / "status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


if __name__ == "__main__":
    asyncio.run(main())
