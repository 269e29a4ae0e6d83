"""A crash storm: kills two servers and the robot again and again while people write and read.

    python bench/storm.py --seed 1 [--store redis] [--kills 100] [--messages 5000]

With `--store redis`, it also kills the Redis server. Writers post by HTTP, and try again with the
same nonce until they are acknowledged. Then they read what follows the id that they got. Others
append with `echo >>`, or XADD on Redis, as fast as a shell can. The robot replies to each message.
Readers follow by all four delivery methods, from the first message on. The servers trim the
dialog. Some of the processes find the disk full, and Redis finds its memory full.

At the end, it compares what was acknowledged, what was in the dialog, and what each reader
received. It exits with 1 if a message was lost, doubled, torn or out of order. Only lines of
`echo >>` may be lost, in the moment of a trim.
"""

import argparse
import contextlib
import logging
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from redis import RedisError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import storm_result
from bench.processes import ROOT
from bench.storm_clients import Clients
from tests import patched, patches
from tests.ports import free_port
from tests.redis_server import RedisServer

LONGEST_LIFE = 8.0  # seconds until a process is killed, sometimes before it has started
LONGEST = 900.0  # seconds until the writers end, even if there are too few kills or messages
TIMEOUT = 300.0  # seconds for replies and readers to catch up at the end
KEEP = "1MB"  # of the dialog; a reader that is not killed is never this far behind
FULL = 0.2  # of all lives that find the disk full
LARGEST_ROOM = 20_000  # bytes until the disk is full
LONGEST_FULL = 0.5  # seconds that the memory of Redis is full


def main() -> None:
    """Run a storm and print its counts. Exits with 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description="Kill servers and robot while people talk.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=["file", "redis"], default="file")
    parser.add_argument("--kills", type=int, default=100, help="kills before it ends")
    parser.add_argument("--messages", type=int, default=5000, help="acknowledged before it ends")
    options = parser.parse_args()
    logging.disable()  # each line that is not a message would be logged
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        redis = RedisServer(Path(folder)) if options.store == "redis" else None
        address = redis.address() if redis else str(Path(folder) / "dialog.jsonl")
        storm = Storm(address, redis, options.seed, options.kills, options.messages)
        counts, errors = storm.run()
        counts["seconds"] = int(time.monotonic() - started)
    for name, number in (counts | errors).items():
        print(f"{number:>9,}  {name}")
    sys.exit(1 if any(errors.values()) else 0)


class Storm:
    """The processes of one storm, and their clients."""

    def __init__(
        self, address: str, redis: RedisServer | None, seed: int, kills: int, messages: int
    ) -> None:
        self.address, self.redis = address, redis
        self.seed, self.kills, self.messages = seed, kills, messages
        self.counts: Counter[str] = Counter()
        self.checked = threading.Event()  # ends Redis
        ports = [str(free_port()) for _ in range(2)]
        self.clients = Clients(address, [f"http://127.0.0.1:{port}" for port in ports], seed)
        common = ["--dialog", address]
        server = ["server.py", "--posts", "0", "--keep", KEEP, *common]
        self.programs = {
            "first server": [*server, "--port", ports[0]],
            "second server": [*server, "--port", ports[1]],
            "robot": ["robot.py", "--every", "0.05", *common],
        }
        if redis:
            redis.kill()  # the storm starts it like the other processes

    def run(self) -> tuple[storm_result.Counts, storm_result.Counts]:
        """Return counts of what was done, and of what was wrong."""
        threads = [threading.Thread(target=self.keep_killing, args=(n,)) for n in self.programs]
        threads += self.clients.threads()
        helpers = [threading.Thread(target=self.keep_killing, args=("redis",))]
        helpers += [threading.Thread(target=self.fill_redis)]
        helpers = helpers if self.redis else []
        for thread in [*threads, *helpers]:
            thread.start()
        acknowledged = self.clients.record.acknowledged
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline and (
            self.killed() < self.kills or len(acknowledged) < self.messages
        ):
            time.sleep(0.1)
        self.clients.over.set()
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline and not self.clients.have_caught_up():
            time.sleep(1)
        self.clients.caught_up.set()
        for thread in threads:
            thread.join()
        try:
            return self.result()
        finally:
            self.checked.set()
            for thread in helpers:
                thread.join()

    def killed(self) -> int:
        """Return how many processes were killed."""
        return sum(number for name, number in self.counts.items() if name.startswith("kills"))

    def command(self, name: str, random: Random, *, is_last: bool) -> list[str]:
        """Return the command of a process. Some of the processes find the disk full."""
        if self.redis and name == "redis":
            return self.redis.command
        program = self.programs[name]
        if self.redis or is_last or random.random() > FULL:
            return [sys.executable, *program]
        self.counts["lives with a full disk"] += 1
        room = str(random.randrange(LARGEST_ROOM))
        full = partial(patches.nearly_full_disk, self.address, room)
        return [sys.executable, *patched.command(full, *program)]

    def keep_killing(self, name: str) -> None:
        """Start a process and kill it, again and again. Leaves the last one running."""
        random = Random(f"{self.seed} {name}")  # a string has the same hash in each run
        clients = self.clients
        while True:
            is_last = clients.over.is_set() or self.killed() >= self.kills
            with spawned(self.command(name, random, is_last=is_last)) as process:
                if is_last:
                    end = self.checked if name == "redis" else clients.caught_up
                    while process.poll() is None:
                        if end.wait(0.1):
                            return
                clients.over.wait(random.uniform(0, LONGEST_LIFE))
                if process.poll() is None:  # otherwise it ended by itself
                    process.send_signal(signal.SIGKILL)
                    self.counts[f"kills of the {name}"] += 1

    def fill_redis(self) -> None:
        """Let the memory of Redis be full for a moment, again and again."""
        assert self.redis
        random = Random(f"{self.seed} full")
        while not self.clients.over.wait(random.uniform(0, LONGEST_LIFE)):
            with contextlib.suppress(RedisError):
                self.redis.client().config_set("maxmemory", "1")
                self.counts["moments of a full memory"] += 1
                time.sleep(random.uniform(0, LONGEST_FULL))
                self.redis.client().config_set("maxmemory", "0")
        with contextlib.suppress(RedisError):
            self.redis.client().config_set("maxmemory", "0")

    def result(self) -> tuple[storm_result.Counts, storm_result.Counts]:
        """Compare what was acknowledged, what was in the dialog, and what each reader received."""
        self.clients.complete_journal()  # the last reader may have read more
        record = self.clients.record
        lines = [] if self.redis else Path(self.address).read_bytes().splitlines()
        counts = storm_result.counts(record) | dict(self.counts) | {"kills": self.killed()}
        return counts, storm_result.errors(record, lines, self.clients.newest())


@contextlib.contextmanager
def spawned(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in the background, and kill it at the end."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
