"""Starts a server on a free port and measures its processor time and memory."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Running:
    """A running server: its port, its process, and a function that adds a message."""

    port: int
    process: "subprocess.Popen[bytes]"
    publish: Callable[[str], object]

    def pids(self) -> list[int]:
        """Return the process and all its descendants."""
        pids = [self.process.pid]
        for pid in pids:  # grows while it is read
            tasks = Path(f"/proc/{pid}/task").iterdir()
            pids += [int(i) for task in tasks for i in (task / "children").read_text().split()]
        return pids

    def cpu(self) -> float:
        """Return the processor time used so far, in seconds."""
        times = (
            path.read_text().split()[0]
            for pid in self.pids()
            for path in Path(f"/proc/{pid}/task").glob("*/schedstat")
        )
        return sum(map(int, times)) / 1e9

    def memory(self) -> int:
        """Return the memory in use, in bytes. Memory that processes share counts once."""
        return (
            sum(
                int(Path(f"/proc/{pid}/smaps_rollup").read_text().partition("\nPss:")[2].split()[0])
                for pid in self.pids()
            )
            * 1024
        )


Start = Callable[[int], AbstractContextManager[Running]]  # takes the number of subscribers


@contextlib.contextmanager
def running(port: int, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server and yield its process once it accepts connections.

    Raises SystemExit if it ends before that.
    """
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            if process.poll() is not None:
                sys.exit(f"{' '.join(command)} ended with exit code {process.returncode}.")
            time.sleep(0.01)
        yield process
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Terminate a process, and kill it if it is still running after 10 seconds."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
