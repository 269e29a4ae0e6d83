"""Opens a dialog on the disk that a power cut left, and checks every promise."""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from dialog import CursorGone, DialogError, FileStore, Message
from tests.proofs.powercut.disk import FILE_KINDS, NAME_KINDS, flushes, rebuild
from tests.proofs.powercut.recording import Operation, record

RETRIES = 3  # messages that their writers send again, besides those not acknowledged


class Events:
    """What writers and readers knew when the power went."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.acknowledged: dict[str, str] = {}  # ids by text, which is the nonce, too
        self.asked: list[str] = []
        self.cursors: list[tuple[str, set[str]]] = []  # of one reader, with what it had then
        self.was_trimmed = False
        received: set[str] = set()
        for event in (each.event for each in operations if each.kind == "event"):
            if "acknowledged" in event:
                self.acknowledged[event["acknowledged"]] = event["id"]
            elif "asked" in event:
                self.asked.append(event["asked"])
            elif "trim" in event:
                self.was_trimmed = True
            elif "restarted" in event:
                received = set()
            elif "cursor" in event:
                received = received.union(event["texts"])
                self.cursors.append((event["cursor"], received))


def check_state(path: Path, events: Events, chance: random.Random) -> list[str]:
    """Return what is wrong with the dialog at `path`."""
    try:
        return [*_check_messages(path, events), *_check_retries(path, events, chance)]
    except DialogError as error:
        return [f"The dialog cannot be used: {error!r}"]


def _check_messages(path: Path, events: Events) -> list[str]:
    dialog = FileStore(path)
    start = dialog.start()
    messages = read_all(dialog, start)
    texts = {message.id: message.text for message in messages}
    found = [
        f"acknowledged, but lost: {text.strip('x')}"
        for text, id_ in events.acknowledged.items()
        if texts.get(id_) != text and not (events.was_trimmed and position(id_) <= position(start))
    ]
    replies = Counter(message.reply_to for message in messages if message.reply_to)
    found += [f"replied twice: {id_}" for id_, count in replies.items() if count > 1]
    for cursor, received in events.cursors[-20:]:
        try:
            after = read_all(dialog, cursor)
        except CursorGone:
            continue
        before = messages[: len(messages) - len(after)]
        acknowledged = [m.text for m in before if m.text in events.acknowledged]
        seen = [text in received for text in acknowledged]
        if True in seen and not all(seen[seen.index(True) :]):
            found.append("a reader misses messages before its cursor")
        if any(m.text in received and m.text in events.acknowledged for m in after):
            found.append("a reader receives messages again")
    return found


def _check_retries(path: Path, events: Events, chance: random.Random) -> list[str]:
    """Append again what may not be stored, and some of what is."""
    dialog = FileStore(path)
    start = position(dialog.start())
    stored = {text: id_ for text, id_ in events.acknowledged.items() if position(id_) > start}
    again = [text for text in events.asked if text not in events.acknowledged]
    again += chance.sample(sorted(stored), min(RETRIES, len(stored)))
    found = []
    for text in again:
        id_ = dialog.append(text, nonce=text).id
        if stored.get(text, id_) != id_:
            found.append(f"a retry got another id: {text.strip('x')}")
    texts = [message.text for message in read_all(dialog, dialog.start())]
    found += [f"missing after a retry: {text.strip('x')}" for text in again if text not in texts]
    found += [f"stored twice: {t.strip('x')}" for t in events.asked if texts.count(t) > 1]
    return found


def read_all(dialog: FileStore, cursor: str) -> list[Message]:
    """Return all messages after a cursor."""
    messages: list[Message] = []
    more = True
    while more:
        page = dialog.after(cursor, 100)
        messages += page.messages
        cursor, more = page.next, page.more
    return messages


def position(cursor: str) -> int:
    """Return the number of bytes before a cursor."""
    return int(cursor.partition("-")[0])


def content(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file of a folder, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class PowerCuts:
    """The states that one recorded workload can leave."""

    def __init__(self, operations: Sequence[Operation], seed: int) -> None:
        self.operations = operations
        self.flushed = flushes(operations)
        self.seed = seed

    @classmethod
    def record(cls, folder: Path, seed: int, fault: str = "", workload: str = "stores") -> Self:
        """Record a workload in an empty folder.

        Raises ValueError if what was recorded does not give the folder as it is now.
        """
        operations = record(folder, seed, fault, workload)
        changes = {
            i: i for i, each in enumerate(operations) if each.kind in NAME_KINDS | FILE_KINDS
        }
        with TemporaryDirectory() as name:
            rebuilt = Path(name)
            rebuild(operations, changes, rebuilt, random.Random())
            if content(rebuilt) != content(folder):
                raise ValueError("The trace is not complete, so it proves nothing.")
        return cls(operations, seed)

    def leave(self, number: int, folder: Path) -> Events:
        """Rebuild state `number` in an empty folder. Returns what was known then."""
        chance = random.Random(f"{self.seed} {number}")  # a string has the same hash in each run
        instant = chance.randint(0, len(self.operations))
        rebuild(self.operations[:instant], self.flushed, folder, chance)
        return Events(self.operations[:instant])

    def check(self, number: int, folder: Path) -> list[str]:
        """Rebuild and check state `number` in an empty folder. Returns what is wrong."""
        events = self.leave(number, folder)
        return check_state(folder / "dialog.jsonl", events, random.Random(number))
