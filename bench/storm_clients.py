"""The clients of a crash storm: they write and read, and record what they were promised."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

import httpx
from redis import RedisError
from websockets.exceptions import WebSocketException

from dialog import FileStore, Message, Unavailable, open_dialog
from tests.conftest import Server
from tests.delivery_methods import DELIVERY_METHODS, DeliveryMethod
from tests.messages import by_hand

HTTP_WRITERS = 4
ECHOES = 20  # messages that one shell appends
NOTES = 100  # lines that are not messages, which another shell appends beside the posts
MOST_UNANSWERED = 500  # messages; a trim could drop those of a robot that is further behind
PAUSE = 0.3  # seconds between two shells
CHECKED = 5  # messages that are read after the id of each acknowledged message
APPEND = 'for i in $(seq $2 $3); do echo "$1 $i\\"}" >> "$0"; done'
QUESTION = '{"author": "echo", "text": "Robot, echo'
NOTE = '{"note": "note'


@dataclass
class Record:
    """What the clients wrote and read."""

    acknowledged: dict[str, str] = field(default_factory=dict)  # text to id
    echoed: list[str] = field(default_factory=list)  # texts appended without the server
    after: dict[str, list[str]] = field(default_factory=dict)  # id to the ids read after it
    not_a_cursor: list[str] = field(default_factory=list)  # ids of 201 that were refused
    received: dict[str, list[str]] = field(  # name of the delivery method to ids
        default_factory=lambda: {name: [] for name in DELIVERY_METHODS}
    )
    journal: list[Message] = field(default_factory=list)  # all messages, also those trimmed later


class Clients:
    """The clients of the servers at `urls`, which share the dialog at `address`."""

    def __init__(self, address: str, urls: Sequence[str], seed: int) -> None:
        self.record = Record()
        self.over = threading.Event()  # ends the writers
        self.caught_up = threading.Event()  # ends the readers
        self._address, self._urls, self._seed = address, urls, seed
        self._dialog = open_dialog(address)
        self._unanswered = 0
        self._start = self._journal_end = self._dialog.start()

    def threads(self) -> list[threading.Thread]:
        """Return a thread for each client."""
        tasks = [(self.post, (number,)) for number in range(HTTP_WRITERS)]
        tasks += [(self.read, method) for method in DELIVERY_METHODS.items()]  # type: ignore[misc]
        tasks += [(self.echo, (QUESTION, ECHOES)), (self.echo, (NOTE, NOTES))]  # type: ignore[list-item]
        tasks += [(self.keep_journal, ())]  # type: ignore[list-item]
        return [threading.Thread(target=task, args=arguments) for task, arguments in tasks]

    def post(self, writer: int) -> None:
        """Post message after message. Repeats each until it is acknowledged."""
        random = Random(f"{self._seed} {writer}")
        with httpx.Client(timeout=5) as client:
            for number in count():
                text = f"Robot, http{writer} {number}"
                nonce = f"{self._seed} {text}"
                self.wait_for_the_robot()
                post = {"text": text, "author": f"http{writer}", "nonce": nonce}
                while text not in self.record.acknowledged:
                    if self.over.is_set():
                        return
                    with contextlib.suppress(httpx.HTTPError):
                        url = f"{random.choice(self._urls)}/messages"
                        response = client.post(url, json=post)
                        if response.status_code == 201:
                            self.record.acknowledged[text] = response.json()["id"]
                            self.check(client, random, response.json()["id"])
                            continue
                    time.sleep(0.02)

    def check(self, client: httpx.Client, random: Random, id_: str) -> None:
        """Record what follows the id of an acknowledged message, if a server answers."""
        url = f"{random.choice(self._urls)}/messages"
        response = client.get(url, params={"after": id_, "limit": CHECKED})
        if response.status_code == 200:
            self.record.after[id_] = [each["id"] for each in response.json()["messages"]]
        elif response.status_code < 500:
            self.record.not_a_cursor.append(id_)

    def echo(self, line: str, at_once: int) -> None:
        """Append lines without the server, as people do in a shell, as fast as it can."""
        name = line.rpartition('"')[2]
        for first in count(step=at_once):
            self.wait_for_the_robot()
            if self.over.wait(PAUSE):
                return
            texts = [f"{name} {number}" for number in range(first, first + at_once)]
            if isinstance(self._dialog, FileStore):
                numbers = [str(first), str(first + at_once - 1)]
                subprocess.run(["sh", "-c", APPEND, self._address, line, *numbers], check=True)
                self.record.echoed += texts if line is QUESTION else []
            elif line is QUESTION:
                for text in texts:
                    with contextlib.suppress(RedisError):
                        by_hand(self._dialog, {"text": text, "author": "echo"})
                        self.record.echoed.append(text)

    def read(self, name: str, method: DeliveryMethod) -> None:
        """Read by one delivery method. After a crash, continue from the last cursor."""
        random = Random(f"{self._seed} {name}")
        cursor = self._start
        while not self.caught_up.is_set():
            url = random.choice(self._urls)
            with (
                # A KeyError is a response without a page, because Redis is down.
                contextlib.suppress(
                    httpx.HTTPError, WebSocketException, OSError, ValueError, KeyError
                ),
                httpx.Client(base_url=url, timeout=5) as client,
            ):
                server = Server(url, self._address, client, None)  # type: ignore[arg-type]
                for page in method(server, cursor):
                    self.record.received[name] += [each["id"] for each in page["messages"]]
                    cursor = page["next"]
                    if self.caught_up.is_set():
                        return
            time.sleep(0.02)

    def keep_journal(self) -> None:
        """Record every message before a trim drops it. Reads the dialog itself."""
        while not self.caught_up.is_set():
            with contextlib.suppress(Unavailable):
                self.complete_journal()
            time.sleep(0.05)

    def complete_journal(self) -> None:
        """Record all messages that are not in the journal yet."""
        more = True
        while more:
            page = self._dialog.after(self._journal_end, 10_000)
            self.record.journal += page.messages
            self._unanswered += sum(message.role == "user" for message in page.messages)
            self._unanswered -= sum(bool(message.reply_to) for message in page.messages)
            self._journal_end, more = page.next, page.more

    def wait_for_the_robot(self) -> None:
        """Return as soon as the robot is not far behind, or the storm is over."""
        while self._unanswered > MOST_UNANSWERED and not self.over.wait(PAUSE):
            pass

    def have_caught_up(self) -> bool:
        """Return whether each message has its reply and each reader has the last one."""
        journal = list(self.record.journal)
        questions = sum(message.role == "user" for message in journal)
        replies = [message for message in journal if message.reply_to]
        if not replies or len(replies) < questions:
            return False
        return all(replies[-1].id in ids[-1000:] for ids in self.record.received.values())

    def newest(self) -> list[str]:
        """Return the ids of the newest messages that are still in the dialog."""
        return [message.id for message in self._dialog.newest(1000).messages]
