"""What writers, readers and people do to a dialog while the power may go. strace records it.

    python -m tests.proofs.powercut.stores FOLDER SEED [FAULT]

Prints a JSON line before and after each append, and for each page that a reader got. FAULT leaves
out flushes, to show that the check notices it: `folder`, `lines`, or `copy` of a trim.
"""

import json
import logging
import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random

from dialog import CursorGone, DialogError, FileStore
from tests.messages import write
from tests.patches import dying_when_a_flush_fails, leave_out_flushes

THREADS = 3
MESSAGES = 6  # of each thread in each round
ATTEMPTS = 20  # a flush may fail each time
READ_SIZE = 3  # messages in a page


def report(**event: object) -> None:
    """Print an event in one call, so that it stands at one moment of the trace."""
    os.write(1, json.dumps(event).encode() + b"\n")


class Workload:
    """Writers with a store each, as in several processes, and one reader."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.random = Random(seed)
        self.numbers = count()
        self.stores = [FileStore(path) for _ in range(THREADS)]
        self.is_over = threading.Event()

    def say(self, store: FileStore, text: str, reply_to: str | None = None) -> str:
        """Append a message and try again until it is acknowledged. Returns its id."""
        report(asked=text)
        for _ in range(ATTEMPTS):
            try:
                role = "robot" if reply_to else "user"
                message = store.append(text, role=role, nonce=text, reply_to=reply_to)
            except DialogError as error:
                report(failed=str(error))
            else:
                report(acknowledged=text, id=message.id)
                return message.id
        raise SystemExit("No attempt succeeded.")

    def new_text(self) -> str:
        # The end is new, too, because a cursor covers only the last kilobyte.
        return f" message {next(self.numbers)}".rjust(self.random.choice([20, 20, 900]), "x")

    def say_several(self, store: FileStore) -> None:
        for _ in range(MESSAGES):
            self.say(store, self.new_text())

    def say_from_threads(self, *others: threading.Thread) -> None:
        threads = [threading.Thread(target=self.say_several, args=[s]) for s in self.stores]
        threads += others
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def read(self) -> None:
        """Follow the dialog, and report each cursor."""
        store = FileStore(self.path)
        cursor = store.start()
        while not self.is_over.is_set():
            try:
                page = store.after(cursor, READ_SIZE)
            except CursorGone:
                cursor = store.newest(1).next
                report(restarted=cursor)
                continue
            if page.messages:
                report(cursor=page.next, texts=[message.text for message in page.messages])
            cursor = page.next
            self.is_over.wait(0 if page.more else 0.001)

    def trim(self) -> None:
        report(trim=True)
        try:
            self.stores[0].trim(size=self.path.stat().st_size * self.random.uniform(0.5, 0.9))
        except DialogError as error:
            report(failed=str(error))

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let the file grow by some bytes only."""
        size = self.path.stat().st_size + self.random.randint(0, 300)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    def say_until_killed(self) -> None:
        """Append with a store of its own until a flush fails, which kills the writer."""
        store = FileStore(self.path)
        for _ in range(ATTEMPTS):  # if flushes are left out, none fails
            self.say(store, self.new_text())

    def kill_a_writer(self) -> None:
        """Kill a writer between a flush that fails and its remedy. Another one goes on."""
        with dying_when_a_flush_fails():
            writer = threading.Thread(target=self.say_until_killed)
            writer.start()
            writer.join()
        self.say(self.stores[1], self.new_text())

    def run(self) -> None:
        """Write, trim, and do by hand what people do."""
        self.say(self.stores[0], self.new_text())
        reader = threading.Thread(target=self.read)
        reader.start()
        for _ in range(2):
            self.say_from_threads()
            write(self.path, '{"text": "by hand"}\n')
            question = self.say(self.stores[1], self.new_text())
            self.say(self.stores[2], self.new_text(), reply_to=question)
            write(self.path, '{"text": "a killed wri')
            self.say(self.stores[0], self.new_text())
            with self.full_disk():
                try:
                    self.stores[1].append("it does not fit".ljust(900, "x"))
                except DialogError as error:
                    report(failed=str(error))
            self.kill_a_writer()
            self.say_from_threads(threading.Thread(target=self.trim))
        self.is_over.set()
        reader.join()


def main() -> None:
    """Run the workload in a folder."""
    logging.disable()
    folder, seed, *fault = sys.argv[1:]
    if fault:
        leave_out_flushes(fault[0])
    Workload(Path(folder) / "dialog.jsonl", int(seed)).run()


if __name__ == "__main__":
    main()
