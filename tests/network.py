"""Hosts of their own on one machine: network namespaces of Linux on a switch between them."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

NEWNET = 0x40000000

P = ParamSpec("P")
T = TypeVar("T")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Host:
    """A host: what is done in its threads, and the processes that they start, is done there."""

    def __init__(self, prefix: str, number: int) -> None:
        self.name = f"{prefix}{number}"
        self.address = f"10.77.0.{number}"
        self._switch = f"{prefix}0"
        self._port = f"port{number}"
        cable = ("type", "veth", "peer", "name", self._port, "netns", self._switch)
        ip("netns", "add", self.name)
        ip("link", "add", "name", "eth0", "netns", self.name, *cable)
        ip("-n", self._switch, "link", "set", self._port, "master", "br0", "up")
        ip("-n", self.name, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for link in "lo", "eth0":
            ip("-n", self.name, "link", "set", link, "up")
        self._threads = ThreadPoolExecutor(initializer=self._enter)

    def _enter(self) -> None:
        with Path(f"/run/netns/{self.name}").open() as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def start(self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> Future[T]:
        """Begin to do this there."""
        return self._threads.submit(work, *arguments, **options)

    def do(self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Do this there."""
        return self._threads.submit(work, *arguments, **options).result()

    def cut_off(self) -> None:
        """Pull its cable."""
        ip("-n", self._switch, "link", "set", self._port, "down")

    def connect(self) -> None:
        """Put the cable back."""
        ip("-n", self._switch, "link", "set", self._port, "up")

    def close(self) -> None:
        """Take it away."""
        self._threads.shutdown()
        ip("netns", "del", self.name)


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """So many hosts that reach one another. Where there can be none, the test says so."""
    prefix = f"chat{os.getpid()}-"
    with ExitStack() as stack:
        try:
            ip("netns", "add", f"{prefix}0")
            stack.callback(ip, "netns", "del", f"{prefix}0")
            ip("-n", f"{prefix}0", "link", "add", "name", "br0", "type", "bridge")
            ip("-n", f"{prefix}0", "link", "set", "br0", "up")
        except (OSError, subprocess.CalledProcessError) as error:
            why = f"{sys.platform}, ip: {shutil.which('ip')}, user {os.getuid()}: {error}"
            says = f"Not shown: several hosts. That needs Linux, root and iproute2. ({why})"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(says)
        made = []
        for number in range(1, count + 1):
            made.append(Host(prefix, number))
            stack.callback(made[-1].close)
        yield made
