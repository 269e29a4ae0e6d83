"""People talk to a real server and a real robot while the power may go. strace records all three.

    python -m tests.proofs.powercut.programs FOLDER SEED [FAULT]

The response of the server acknowledges a message, at its place in the trace. FAULT leaves out
flushes of both programs; see `stores`.
"""

import resource
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import httpx

from dialog import FileStore
from tests import patches
from tests.conftest import Server, running, serving
from tests.messages import write
from tests.proofs.powercut.stores import ATTEMPTS, report
from tests.waiting import until

PEOPLE = 3
QUESTIONS = 5  # of each person at a time
KEEP = "15kB"  # so that a run has several trims


class Conversation:
    """People, a reader, a server and a robot."""

    def __init__(self, path: Path, seed: int, fault: str) -> None:
        self.path = path
        self.random = Random(seed)
        self.numbers = count(seed)
        self.patch = partial(patches.trim_often_and_leave_out_flushes, fault)

    def ask(self, server: Server) -> str:
        """Post a question until the server acknowledges it. Returns its id."""
        text = f"What is {next(self.numbers)} + {self.random.randint(2, 99)}?"
        report(asked=text)
        for _ in range(ATTEMPTS):
            response = server.client.post("/messages", json={"text": text, "nonce": text})
            if response.status_code == 201:
                return str(response.json()["id"])
        raise SystemExit("No attempt succeeded.")

    def ask_several(self, server: Server) -> None:
        for _ in range(QUESTIONS):
            self.ask(server)

    def ask_from_several(self, server: Server) -> None:
        people = [threading.Thread(target=self.ask_several, args=[server]) for _ in range(PEOPLE)]
        for person in people:
            person.start()
        for person in people:
            person.join()

    def follow(self, server: Server, is_over: threading.Event) -> None:
        """Follow the dialog by polling, and report each cursor."""
        report(restarted=True)
        with httpx.Client(base_url=server.url, timeout=30) as client:
            cursor = client.get("/messages").json()["next"]
            while not is_over.wait(0.02):
                response = client.get("/messages", params={"after": cursor, "limit": "3"})
                if response.status_code == 410:
                    cursor = client.get("/messages").json()["next"]
                    report(restarted=True)
                    continue
                page = response.json()
                if page["messages"]:
                    received = [message["text"] for message in page["messages"]]
                    report(cursor=page["next"], texts=received)
                cursor = page["next"]

    @contextmanager
    def full_disk(self, processes: Sequence["subprocess.Popen[str]"]) -> Iterator[None]:
        """Let the file grow by some bytes only."""
        size = self.path.stat().st_size + self.random.randint(0, 300)
        for limit in (size, resource.RLIM_INFINITY):
            for process in processes:
                limits = (limit, resource.RLIM_INFINITY)
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
            if limit == size:
                yield

    def run(self) -> None:
        """Talk, write by hand, fill the disk and kill both programs, twice."""
        report(trim=True)
        robot_command = ("robot.py", "--every", "0.2", "--dialog", str(self.path))
        for _ in range(2):
            with (
                serving(self.path, "--keep", KEEP, patch=self.patch) as server,
                running(*robot_command, patch=self.patch) as (robot, _line),
            ):
                is_over = threading.Event()
                reader = threading.Thread(target=self.follow, args=[server, is_over])
                reader.start()
                self.ask_from_several(server)
                write(self.path, '{"text": "hello by hand"}\n')
                write(self.path, '{"text": "a killed wri')
                with self.full_disk([server.process, robot]):
                    server.client.post(
                        "/messages", json={"text": "it does not fit".ljust(900, "x")}
                    )
                self.ask_from_several(server)
                until(partial(self.has_reply, self.ask(server)))
                is_over.set()
                reader.join()
                server.process.kill()
                robot.kill()

    def has_reply(self, id_: str) -> bool:
        return any(m.reply_to == id_ for m in FileStore(self.path).newest(100).messages)


def main() -> None:
    """Run the conversation in a folder."""
    folder, seed, *fault = sys.argv[1:]
    Conversation(Path(folder) / "dialog.jsonl", int(seed), fault[0] if fault else "").run()


if __name__ == "__main__":
    main()
