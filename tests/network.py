"""Several hosts on one machine: network namespaces of Linux, connected by a bridge."""

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

NEW_NETWORK_NAMESPACE = 0x40000000

P = ParamSpec("P")
T = TypeVar("T")


def ip(*words: str) -> None:
    """Run the `ip` command."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Host:
    """A host with its own network. Its threads, and processes that they start, run on it."""

    def __init__(self, prefix: str, number: int) -> None:
        self.name = f"{prefix}{number}"
        self.address = f"10.77.0.{number}"
        self._bridge = f"{prefix}0"
        self._port = f"port{number}"
        cable = ("type", "veth", "peer", "name", self._port, "netns", self._bridge)
        ip("netns", "add", self.name)
        ip("link", "add", "name", "eth0", "netns", self.name, *cable)
        ip("-n", self._bridge, "link", "set", self._port, "master", "br0", "up")
        ip("-n", self.name, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for link in "lo", "eth0":
            ip("-n", self.name, "link", "set", link, "up")
        self._threads = ThreadPoolExecutor(initializer=self._enter)

    def _enter(self) -> None:
        with Path(f"/run/netns/{self.name}").open() as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), NEW_NETWORK_NAMESPACE):
                raise OSError(ctypes.get_errno(), "setns")

    def start(self, call: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> Future[T]:
        """Call a function on this host, without waiting for its result."""
        return self._threads.submit(call, *arguments, **options)

    def do(self, call: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Call a function on this host and return its result."""
        return self._threads.submit(call, *arguments, **options).result()

    def disconnect(self) -> None:
        """Cut this host off from all others."""
        ip("-n", self._bridge, "link", "set", self._port, "down")

    def connect(self) -> None:
        """Connect this host to the others again."""
        ip("-n", self._bridge, "link", "set", self._port, "up")

    def close(self) -> None:
        """Remove this host."""
        self._threads.shutdown()
        ip("netns", "del", self.name)


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """Make connected hosts. Where that is impossible, the test is skipped, or fails in CI."""
    prefix = f"chat{os.getpid()}-"
    with ExitStack() as stack:
        try:
            ip("netns", "add", f"{prefix}0")
            stack.callback(ip, "netns", "del", f"{prefix}0")
            ip("-n", f"{prefix}0", "link", "add", "name", "br0", "type", "bridge")
            ip("-n", f"{prefix}0", "link", "set", "br0", "up")
        except (OSError, subprocess.CalledProcessError) as error:
            state = f"{sys.platform}, ip: {shutil.which('ip')}, user {os.getuid()}: {error}"
            message = f"Several hosts on one machine need Linux, root and iproute2 ({state})."
            (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
        made = []
        for number in range(1, count + 1):
            made.append(Host(prefix, number))
            stack.callback(made[-1].close)
        yield made
