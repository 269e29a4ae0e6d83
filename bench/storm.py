"""A crash storm: kills the server and the robot again and again while people write and read.

    python bench/storm.py --seed 1 [--store redis] [--kills 100] [--messages 20000]

With `--store redis`, it also kills the Redis server. Writers post by HTTP, and try again with the
same nonce until they are acknowledged. Others append with `echo >>`, or XADD on Redis. The robot
replies to each message. Readers follow by all four delivery methods, from the first message on.

At the end, it compares what was acknowledged, what is in the dialog, and what each reader
received. It exits with 1 if a message was lost, doubled, torn or out of order.
"""

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random

import httpx
from redis import RedisError
from websockets.exceptions import WebSocketException

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import storm_result
from bench.processes import ROOT
from dialog import DialogError, FileStore, Message, open_dialog
from tests.conftest import Server
from tests.delivery_methods import DELIVERY_METHODS, DeliveryMethod
from tests.messages import by_hand
from tests.ports import free_port
from tests.redis_server import RedisServer

HTTP_WRITERS = 4
ECHOES = 20  # messages that one shell appends
LONGEST_LIFE = 3.0  # seconds until a process is killed, sometimes before it has started
# Redis, and a robot on Redis, live longer. A new robot first waits until the old lease expires.
LONGEST_LIFE_ON_REDIS = 8.0  # seconds
TIMEOUT = 300.0  # seconds for replies and readers to catch up at the end


def main() -> None:
    """Run a storm and print its counts. Exits with 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description="Kill server and robot while people talk.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=["file", "redis"], default="file")
    parser.add_argument("--kills", type=int, default=100, help="kills before it ends")
    parser.add_argument("--messages", type=int, default=20_000, help="messages before it ends")
    options = parser.parse_args()
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
    """The processes of one storm, what was acknowledged, and what was received."""

    def __init__(
        self, address: str, redis: RedisServer | None, seed: int, kills: int, messages: int
    ) -> None:
        self.address = address
        self.dialog = open_dialog(address)
        self.start = self.dialog.start()
        self.seed, self.kills, self.messages = seed, kills, messages
        self.acknowledged: dict[
            str, str
        ] = {}  # text to id; "" if it was written without the server
        self.received: dict[str, list[str]] = {name: [] for name in DELIVERY_METHODS}  # ids
        self.killed: Counter[str] = Counter()
        self.over = threading.Event()  # ends the kills and the writers
        self.caught_up = threading.Event()  # ends the readers, the server and the robot
        self.checked = threading.Event()  # ends Redis
        self.port = str(free_port())
        python, dialog = sys.executable, ["--dialog", address]
        self.commands = {
            "server": [python, "server.py", "--port", self.port, "--posts", "0", *dialog],
            "robot": [python, "robot.py", "--every", "0.05", *dialog],
        }
        self.lives = dict.fromkeys(self.commands, LONGEST_LIFE)
        if redis:
            redis.kill()  # the storm starts it like the other processes
            self.commands["redis"] = redis.command
            self.lives |= {"robot": LONGEST_LIFE_ON_REDIS, "redis": LONGEST_LIFE_ON_REDIS}

    def run(self) -> tuple[storm_result.Counts, storm_result.Counts]:
        """Return counts of what was done, and of what was wrong."""
        killers = {
            name: threading.Thread(target=self.keep_killing, args=(name,)) for name in self.commands
        }
        redis = killers.pop("redis", None)
        threads = [*killers.values()]
        threads += [threading.Thread(target=self.post, args=(n,)) for n in range(HTTP_WRITERS)]
        threads += [threading.Thread(target=self.echo)]
        threads += [threading.Thread(target=self.read, args=m) for m in DELIVERY_METHODS.items()]
        for thread in [*threads, *filter(None, [redis])]:
            thread.start()
        while self.killed.total() < self.kills or len(self.acknowledged) < self.messages:
            time.sleep(0.1)
        self.over.set()
        self.wait_until_caught_up()
        self.caught_up.set()
        for thread in threads:
            thread.join()
        try:
            return self.result()
        finally:
            self.checked.set()
            if redis:
                redis.join()

    def keep_killing(self, name: str) -> None:
        """Start a process and kill it, again and again. Leaves the last one running."""
        random = Random(f"{self.seed} {name}")  # a string has the same hash in each run
        while True:
            with spawned(self.commands[name]) as process:
                lifetime = random.uniform(0, self.lives[name])
                if self.over.wait(lifetime) or self.killed.total() >= self.kills:
                    end = self.checked if name == "redis" else self.caught_up
                    while process.poll() is None:
                        if end.wait(0.1):
                            return
                elif process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    self.killed[name] += 1
                # A process that ended by itself could not reach Redis.

    def post(self, writer: int) -> None:
        """Post message after message. Repeats each until it is acknowledged."""
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=5) as client:
            for number in count():
                if self.over.is_set():
                    return
                text = f"http{writer} {number}"
                post = {"text": text, "nonce": f"{self.seed} {text}"}
                while text not in self.acknowledged:
                    try:
                        response = client.post("/messages", json=post)
                    except httpx.HTTPError:
                        time.sleep(0.02)
                        continue
                    if response.status_code == 201:
                        self.acknowledged[text] = response.json()["id"]

    def echo(self) -> None:
        """Append without the server, as people do in a shell."""
        script = 'for i in $(seq $1 $2); do echo "{\\"text\\": \\"echo $i\\"}" >> "$0"; done'
        for first in count(step=ECHOES):
            if self.over.is_set():
                return
            texts = [f"echo {number}" for number in range(first, first + ECHOES)]
            if isinstance(self.dialog, FileStore):
                command = ["sh", "-c", script, self.address, str(first), str(first + ECHOES - 1)]
                subprocess.run(command, check=True)
                self.acknowledged |= dict.fromkeys(texts, "")
            else:
                for text in texts:
                    with contextlib.suppress(RedisError):  # the message is not acknowledged then
                        by_hand(self.dialog, {"text": text})
                        self.acknowledged[text] = ""
            time.sleep(0.3)

    def read(self, name: str, method: DeliveryMethod) -> None:
        """Read by one delivery method. After a crash, continue from the last cursor."""
        url = f"http://127.0.0.1:{self.port}"
        cursor = self.start
        while not self.caught_up.is_set():
            with (
                # A KeyError is a response without a page, because Redis is down.
                contextlib.suppress(
                    httpx.HTTPError, WebSocketException, OSError, ValueError, KeyError
                ),
                httpx.Client(base_url=url, timeout=5) as client,
            ):
                server = Server(url, self.address, client, None)  # type: ignore[arg-type]
                for page in method(server, cursor):
                    self.received[name] += [message["id"] for message in page["messages"]]
                    cursor = page["next"]
                    if self.caught_up.is_set():
                        return
            time.sleep(0.02)

    def wait_until_caught_up(self) -> None:
        """Wait until each message has its reply and each reader has the last one."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            time.sleep(1)
            try:
                messages = self.all_messages()
            except DialogError:
                continue
            questions = sum(message.role == "user" for message in messages)
            replies = [message for message in messages if message.reply_to]
            if len(replies) < questions:
                continue
            if all(replies[-1].id in ids[-200:] for ids in self.received.values()):
                return

    def all_messages(self) -> list[Message]:
        """Return all messages in the dialog."""
        messages: list[Message] = []
        cursor, more = self.start, True
        while more:
            page = self.dialog.after(cursor, 10_000)
            messages += page.messages
            cursor, more = page.next, page.more
        return messages

    def result(self) -> tuple[storm_result.Counts, storm_result.Counts]:
        """Compare what was acknowledged, what is in the dialog, and what each reader received."""
        messages = self.all_messages()
        is_file = isinstance(self.dialog, FileStore)
        lines = Path(self.address).read_bytes().splitlines() if is_file else []
        kills = {"kills": self.killed.total()}
        kills |= {f"kills of the {name}": self.killed[name] for name in self.commands}
        counts = storm_result.counts(messages, self.acknowledged, self.received)
        errors = storm_result.errors(messages, lines, self.acknowledged, self.received)
        return kills | counts, errors


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
