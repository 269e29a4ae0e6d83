"""A crash storm: server and robot are killed again and again while people write and read.

    python bench/storm.py --seed 1 [--store redis] [--kills 100] [--messages 20000]

On Redis, the Redis server is killed, too. Writers on HTTP, which try again with the same nonce
until they are acknowledged; writers by `echo >>`, or XADD; the robot, which replies to each.
Readers on all four ways, from the first message to the last. At the end it compares what was
acknowledged, what is in the dialog, and what each reader saw. Everything counted as wrong has to
be 0.
"""

import argparse
import contextlib
import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count, pairwise
from pathlib import Path
from random import Random

import httpx
from redis import RedisError
from websockets.exceptions import WebSocketException

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))  # run as a script, not as a module

from dialog import DialogError, FileStore, Message, open_dialog  # noqa: E402
from tests.conftest import Server  # noqa: E402
from tests.delivery_methods import DELIVERY_METHODS, DeliveryMethod  # noqa: E402
from tests.messages import by_hand  # noqa: E402
from tests.redis_server import RedisServer  # noqa: E402

HTTP_WRITERS = 4
ECHOES = 20  # in one go of the shell
LONGEST_LIFE = 3.0  # seconds until a process is killed: sometimes before it stands
LONGER = 8.0  # of Redis, and of a robot that has to wait there for the lease of the one before
PATIENCE = 300.0  # seconds for replies and readers to catch up, at the end


def main() -> None:
    """Run a storm and print what it did. Exits with 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description="Kill server and robot while people talk.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=["file", "redis"], default="file")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--messages", type=int, default=20_000, help="to be acknowledged")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        redis = RedisServer(Path(folder)) if wanted.store == "redis" else None
        address = redis.address() if redis else str(Path(folder) / "dialog.jsonl")
        storm = Storm(address, redis, wanted.seed, wanted.kills, wanted.messages)
        counts, wrong = storm.run()
        counts["seconds"] = int(time.monotonic() - started)
    for name, number in (counts | wrong).items():
        print(f"{number:>9,}  {name}")
    sys.exit(1 if any(wrong.values()) else 0)


class Storm:
    """One storm: its processes, what was acknowledged, what was heard."""

    def __init__(
        self, address: str, redis: RedisServer | None, seed: int, kills: int, messages: int
    ) -> None:
        self.address = address
        self.dialog = open_dialog(address)
        self.start = self.dialog.start()
        self.seed, self.kills, self.messages = seed, kills, messages
        self.acknowledged: dict[str, str] = {}  # id, by text; "" where echo tells none
        self.heard: dict[str, list[str]] = {name: [] for name in DELIVERY_METHODS}  # ids
        self.killed: Counter[str] = Counter()
        self.enough = threading.Event()  # nobody is killed, nobody writes any more
        self.over = threading.Event()
        self.checked = threading.Event()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        python = sys.executable
        dialog = ["--dialog", address]
        self.commands = {
            "server": [python, "server.py", "--port", self.port, "--posts", "0", *dialog],
            "robot": [python, "robot.py", "--every", "0.05", *dialog],
        }
        self.lives = dict.fromkeys(self.commands, LONGEST_LIFE)
        if redis:
            redis.kill()  # it is started like the others
            self.commands["redis"] = redis.command
            self.lives |= {"robot": LONGER, "redis": LONGER}

    def run(self) -> tuple[dict[str, int], dict[str, int]]:
        """Let it rage. Returns counts of what was done, and of what was wrong."""
        work = [threading.Thread(target=self.keep_killing, args=(name,)) for name in self.commands]
        work += [threading.Thread(target=self.post, args=(n,)) for n in range(HTTP_WRITERS)]
        work += [threading.Thread(target=self.echo)]
        work += [threading.Thread(target=self.follow, args=way) for way in DELIVERY_METHODS.items()]
        for thread in work:
            thread.start()
        while self.killed.total() < self.kills or len(self.acknowledged) < self.messages:
            time.sleep(0.1)
        self.enough.set()
        self.wait_for_calm()
        self.over.set()
        redis = work.pop(2) if "redis" in self.commands else None
        for thread in work:
            thread.join()
        try:
            return self.check()
        finally:
            self.checked.set()
            if redis:
                redis.join()

    def keep_killing(self, name: str) -> None:
        """Start a process, kill it at some instant, start it again; the last one may live on."""
        random = Random(f"{self.seed} {name}")  # a string: equal in each run
        while True:
            with spawned(self.commands[name]) as process:
                instant = random.uniform(0, self.lives[name])
                if self.enough.wait(instant) or self.killed.total() >= self.kills:
                    end = self.checked if name == "redis" else self.over
                    while process.poll() is None:
                        if end.wait(0.1):
                            return
                elif process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    self.killed[name] += 1
                # What ended by itself found no Redis.

    def post(self, writer: int) -> None:
        """Post message after message, each until it is acknowledged."""
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=5) as client:
            for number in count():
                if self.enough.is_set():
                    return
                text = f"http{writer} {number}"
                post = {"text": text, "nonce": f"{self.seed} {text}"}
                while text not in self.acknowledged:
                    try:
                        answer = client.post("/messages", json=post)
                    except httpx.HTTPError:
                        time.sleep(0.02)
                        continue
                    if answer.status_code == 201:
                        self.acknowledged[text] = answer.json()["id"]

    def echo(self) -> None:
        """Append as people do in a shell."""
        for number in count(step=ECHOES):
            if self.enough.is_set():
                return
            last = number + ECHOES - 1
            if not isinstance(self.dialog, FileStore):
                for i in range(number, last + 1):
                    with contextlib.suppress(RedisError):  # not acknowledged, then
                        by_hand(self.dialog, {"text": f"echo {i}"})
                        self.acknowledged[f"echo {i}"] = ""
                time.sleep(0.3)
                continue
            script = 'for i in $(seq $1 $2); do echo "{\\"text\\": \\"echo $i\\"}" >> "$0"; done'
            command = ["sh", "-c", script, str(self.dialog.path), str(number), str(last)]
            subprocess.run(command, check=True)
            self.acknowledged |= {f"echo {i}": "" for i in range(number, last + 1)}
            time.sleep(0.3)

    def follow(self, name: str, way: DeliveryMethod) -> None:
        """Read in one way, from the first message on; after each crash, go on from the cursor."""
        url = f"http://127.0.0.1:{self.port}"
        cursor = self.start
        while not self.over.is_set():
            with (
                # A page without messages is an error's: Redis is away.
                contextlib.suppress(
                    httpx.HTTPError, WebSocketException, OSError, ValueError, KeyError
                ),
                httpx.Client(base_url=url, timeout=5) as client,
            ):
                for page in way(Server(url, self.address, client, None), cursor):  # type: ignore[arg-type]
                    self.heard[name] += [message["id"] for message in page["messages"]]
                    cursor = page["next"]
                    if self.over.is_set():
                        return
            time.sleep(0.02)

    def wait_for_calm(self) -> None:
        """Wait until each message has its reply and each reader is at the end."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            time.sleep(1)
            try:
                messages = self.all_messages()
            except DialogError:
                continue
            asked = sum(message.role == "user" for message in messages)
            replies = [message for message in messages if message.reply_to]
            if len(replies) < asked:
                continue
            if all(replies[-1].id in heard[-200:] for heard in self.heard.values()):
                return

    def all_messages(self) -> list[Message]:
        """What is in the dialog."""
        messages: list[Message] = []
        cursor, more = self.start, True
        while more:
            page = self.dialog.after(cursor, 10_000)
            messages += page.messages
            cursor, more = page.next, page.more
        return messages

    def check(self) -> tuple[dict[str, int], dict[str, int]]:
        """Compare what was acknowledged, what is in the dialog, and what each reader saw."""
        messages = self.all_messages()
        is_file = isinstance(self.dialog, FileStore)
        lines = Path(self.address).read_bytes().splitlines() if is_file else []
        asked = [message for message in messages if message.role == "user"]
        replies = [message.reply_to for message in messages if message.reply_to]
        order = {message.id: place for place, message in enumerate(asked)}
        places = [order.get(reply, -1) for reply in replies]
        ids = {message.text: message.id for message in asked}
        written = Counter(message.text for message in asked)
        counts = {
            "kills": self.killed.total(),
            "kills of the server": self.killed["server"],
            "kills of the robot": self.killed["robot"],
            "kills of Redis": self.killed["redis"],
            "messages acknowledged": len(self.acknowledged),
            "of those by echo": sum(not id_ for id_ in self.acknowledged.values()),
            "replies": len(replies),
            "messages in the dialog": len(messages),
        }
        wrong = {
            "acknowledged, but lost": sum(text not in ids for text in self.acknowledged),
            "acknowledged with another id": sum(
                bool(id_) and ids.get(text) != id_ for text, id_ in self.acknowledged.items()
            ),
            "written twice": written.total() - len(written),
            "out of order": disorder(message.text for message in asked),
            "torn lines": sum(not whole(line) for line in lines),
            "replies missing": len({message.id for message in asked} - set(replies)),
            "replies doubled": len(replies) - len(set(replies)),
            "replies out of order": sum(later < earlier for earlier, later in pairwise(places)),
        }
        expected = [message.id for message in messages]
        for name, heard in self.heard.items():
            counts[f"heard by {name}"] = len(heard)
            end = expected[: expected.index(heard[-1]) + 1] if heard else expected
            wrong[f"lost on {name}"] = len(set(end) - set(heard))
            wrong[f"doubled on {name}"] = len(heard) - len(set(heard))
            wrong[f"out of order on {name}"] = int(heard != end)
        return counts, wrong


@contextlib.contextmanager
def spawned(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, which is gone afterwards."""
    process = subprocess.Popen(
        command,
        cwd=HERE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def disorder(texts: Iterable[str]) -> int:
    """How often a writer's later message stands before an earlier one."""
    numbers: dict[str, list[int]] = {}
    for text in texts:
        writer, _, number = text.partition(" ")
        numbers.setdefault(writer, []).append(int(number))
    return sum(a > b for told in numbers.values() for a, b in pairwise(told))


def whole(line: bytes) -> bool:
    """Whether a line of the file is a whole message."""
    try:
        return "text" in json.loads(line)
    except ValueError:
        return False


if __name__ == "__main__":
    main()
