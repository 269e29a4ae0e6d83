"""What ours is compared with, and ours: each started the same way, on a free port."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx

from dialog import open_dialog, timestamp
from tests.redis_server import PROGRAMS, RedisServer

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NCHAN_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
NGINX = """\
load_module {module};
daemon off; pid {folder}/pid; error_log stderr warn;
worker_processes 1; worker_rlimit_nofile 20000;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    keepalive_requests 1000000;
    server {{
        listen 127.0.0.1:{port} backlog=2048;
        location = /messages {{ nchan_publisher; nchan_channel_id chat; }}
        location /messages/ {{
            nchan_subscriber; nchan_channel_id chat; nchan_subscriber_first_message newest;
        }}
    }}
}}
"""
SPARE = 50  # threads for posts, and for those that wait for a client who has left
LONG_POLLING, WEB_SOCKET, EVENTS = "long polling", "WebSocket", "server-sent events"
DELIVERY_METHODS = {LONG_POLLING: "wait", WEB_SOCKET: "socket", EVENTS: "events"}


@dataclass
class Running:
    """A server that runs: its port, its process, and how to add a message to it."""

    port: int
    process: "subprocess.Popen[bytes]"
    publish: Callable[[str], object]

    def pids(self) -> list[int]:
        """Return the process and what it started."""
        found = [self.process.pid]
        for pid in found:
            tasks = Path(f"/proc/{pid}/task").iterdir()
            found += [int(i) for task in tasks for i in (task / "children").read_text().split()]
        return found

    def cpu(self) -> float:
        """Return the processor time used so far, in seconds."""
        times = (
            path.read_text().split()[0]
            for pid in self.pids()
            for path in Path(f"/proc/{pid}/task").glob("*/schedstat")
        )
        return sum(map(int, times)) / 1e9

    def memory(self) -> int:
        """Return the memory held, in bytes; what processes share is counted once."""
        return (
            sum(
                int(Path(f"/proc/{pid}/smaps_rollup").read_text().partition("\nPss:")[2].split()[0])
                for pid in self.pids()
            )
            * 1024
        )


Start = Callable[[int], AbstractContextManager[Running]]  # for so many clients


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running(port: int, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server until it is left; it takes connections when this begins."""
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            if process.poll() is not None:
                sys.exit(f"{command[0]} ended with {process.returncode}: see above.")
            time.sleep(0.01)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def serving(address: str, *options: str) -> Iterator[Running]:
    """Ours, on this dialog; a message is added as the robot does it."""
    port = free_port()
    command = [sys.executable, "server.py", "--port", str(port), "--dialog", address]
    with running(port, *command, "--posts", "0", *options) as process:
        yield Running(port, process, open_dialog(address).append)


@contextlib.contextmanager
def ours(_: int, *options: str) -> Iterator[Running]:
    """Ours, on a file of its own."""
    with (
        tempfile.TemporaryDirectory(dir=ROOT) as folder,  # the disk that a dialog is on
        serving(f"{folder}/dialog.jsonl", *options) as server,
    ):
        yield server


@contextlib.contextmanager
def ours_on_redis(_: int) -> Iterator[Running]:
    """Ours, on a Redis of its own that flushes each message to the disk."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        redis = RedisServer(Path(folder))
        try:
            with serving(redis.address()) as server:
                yield server
        finally:
            redis.kill()


@contextlib.contextmanager
def posted_to(port: int, *command: str) -> Iterator[Running]:
    """A peer, which takes messages by HTTP."""
    with running(port, *command) as process, httpx.Client(timeout=60) as client:

        def publish(text: str) -> None:
            message = {"id": "1", "time": timestamp(), "role": "user", "author": "A", "text": text}
            client.post(f"http://127.0.0.1:{port}/messages", content=json.dumps(message))

        yield Running(port, process, publish)


@contextlib.contextmanager
def nchan(_: int) -> Iterator[Running]:
    """Nchan: pub/sub in C, inside nginx."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "nginx.conf"
        config.write_text(NGINX.format(module=NCHAN_MODULE, folder=folder, port=port))
        with posted_to(port, "nginx", "-p", folder, "-c", str(config)) as server:
            yield server


@contextlib.contextmanager
def tornado(_: int) -> Iterator[Running]:
    """Tornado, as its chat demo does it."""
    port = free_port()
    program = str(HERE / "tornado_chat.py")
    with posted_to(port, sys.executable, program, str(port)) as server:
        yield server


@contextlib.contextmanager
def flask_threads(clients: int) -> Iterator[Running]:
    """Plain Flask under gunicorn, a thread for each client that waits."""
    port = free_port()
    program = [sys.executable, "-m", "gunicorn", "--log-level", "warning", "--backlog", "2048"]
    program += ["--bind", f"127.0.0.1:{port}", "--threads", str(clients + SPARE)]
    program += ["--worker-connections", str(2 * clients + 100), "--graceful-timeout", "1"]
    with posted_to(port, *program, "bench.peers.flask_chat:app") as server:
        yield server


def missing() -> dict[str, str]:
    """Return what cannot be measured, and what to install for it."""
    found = {}
    if not (shutil.which("nginx") and NCHAN_MODULE.exists()):
        found["nchan"] = "nginx-light libnginx-mod-nchan"
    if not any(map(shutil.which, PROGRAMS)):
        found["ours on Redis"] = "redis-server"
    return found
