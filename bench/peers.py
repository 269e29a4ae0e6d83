"""The servers that the benchmark compares: this chat, the examples, and nchan.

Each function starts one on a free port. Its argument is the number of subscribers to expect.
"""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.processes import ROOT, Running, running
from dialog import open_dialog, timestamp
from tests.ports import free_port
from tests.redis_server import PROGRAMS, RedisServer

NCHAN_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
NGINX_CONF = """\
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
SPARE_THREADS = 50  # for posts, and for subscribers that have left but still hold a thread
LONG_POLLING, WEBSOCKET, SERVER_SENT_EVENTS = "long polling", "WebSocket", "server-sent events"
DELIVERY_METHODS = {LONG_POLLING: "wait", WEBSOCKET: "socket", SERVER_SENT_EVENTS: "events"}


@contextlib.contextmanager
def serving(address: str, *options: str) -> Iterator[Running]:
    """Run this chat on a dialog. Messages are appended as the robot appends them."""
    port = free_port()
    command = [sys.executable, "server.py", "--port", str(port), "--dialog", address]
    with running(port, *command, "--posts", "0", *options) as process:
        yield Running(port, process, open_dialog(address).append)


@contextlib.contextmanager
def ours(_: int, *options: str) -> Iterator[Running]:
    """Run this chat on an empty file."""
    # In the project's folder, so that it is on the disk that a real dialog would be on.
    with (
        tempfile.TemporaryDirectory(dir=ROOT) as folder,
        serving(f"{folder}/dialog.jsonl", *options) as server,
    ):
        yield server


@contextlib.contextmanager
def ours_on_redis(_: int) -> Iterator[Running]:
    """Run this chat on an empty Redis server, which flushes each message to the disk."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        redis = RedisServer(Path(folder))
        try:
            with serving(redis.address()) as server:
                yield server
        finally:
            redis.kill()


@contextlib.contextmanager
def hub_example(_: int) -> Iterator[Running]:
    """Run the example that uses this chat's hub in a plain ASGI application."""
    port = free_port()
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        path = f"{folder}/dialog.jsonl"
        command = [sys.executable, "examples/hub_chat.py", str(port), path]
        with running(port, *command) as process:
            yield Running(port, process, open_dialog(path).append)


@contextlib.contextmanager
def tornado(_: int) -> Iterator[Running]:
    """Run the example in Tornado."""
    port = free_port()
    with posted_to(port, sys.executable, "examples/tornado_chat.py", str(port)) as server:
        yield server


@contextlib.contextmanager
def flask_threads(subscribers: int) -> Iterator[Running]:
    """Run the example in Flask under gunicorn, with a thread for each subscriber."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--log-level", "warning", "--backlog", "2048"]
    command += ["--bind", f"127.0.0.1:{port}", "--threads", str(subscribers + SPARE_THREADS)]
    command += ["--worker-connections", str(2 * subscribers + 100), "--graceful-timeout", "1"]
    with posted_to(port, *command, "examples.flask_threads:app") as server:
        yield server


@contextlib.contextmanager
def nchan(_: int) -> Iterator[Running]:
    """Run nchan, a publish/subscribe server in C inside nginx."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "nginx.conf"
        config.write_text(NGINX_CONF.format(module=NCHAN_MODULE, folder=folder, port=port))
        with posted_to(port, "nginx", "-p", folder, "-c", str(config)) as server:
            yield server


@contextlib.contextmanager
def posted_to(port: int, *command: str) -> Iterator[Running]:
    """Run a server that takes messages by `POST /messages`."""
    with running(port, *command) as process, httpx.Client(timeout=60) as client:

        def publish(text: str) -> None:
            message = {"id": "1", "time": timestamp(), "role": "user", "author": "A", "text": text}
            client.post(f"http://127.0.0.1:{port}/messages", json=message).raise_for_status()

        yield Running(port, process, publish)


def missing() -> dict[str, str]:
    """Return the peers that cannot run here, each with the packages to install for it."""
    packages = {}
    if not (shutil.which("nginx") and NCHAN_MODULE.exists()):
        packages["nchan"] = "nginx-light libnginx-mod-nchan"
    if not any(map(shutil.which, PROGRAMS)):
        packages["ours on Redis"] = "redis-server"
    return packages
