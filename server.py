"""The web process.

`python server.py` serves the Flask views (views.py) together with the connections that wait
(live.py) on one port. `flask --app server run` serves the views alone: the page then falls back to
polling by itself.
"""

import argparse
import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware
from uvicorn.supervisors import Multiprocess

from dialog import Dialog, DialogError, dialog_address, open_dialog, open_or_exit
from logs import start_logging
from web import api
from web import uvicorn_protocols as protocols
from web.access import HEADERS, gate_of
from web.app import create_app
from web.asgi import Live

try:
    import resource
except ImportError:  # Windows, where there is no such limit
    resource = None  # type: ignore[assignment]

log = logging.getLogger("server")

MOST_DESCRIPTORS = 65_536  # raised to at most; each waiting client takes one
KEEP_EVERY = 10.0  # seconds between two looks at whether the dialog is too long
COLLECT_AFTER = 50_000  # objects more than there were
PING = 20.0  # seconds between two pings of a socket, and for the answer to one


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; what it leaves out comes from the environment."""
    parser = argparse.ArgumentParser(description="Serve the page and the chat.")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", default=os.environ.get("PORT", "5000"), type=int)
    parser.add_argument(
        "--dialog", default=dialog_address(os.environ), help="a path, or redis://..."
    )
    parser.add_argument(
        "--posts",
        default=os.environ.get("POSTS", str(api.POSTS)),
        type=float,
        help="messages a second taken from one address; 0: any number",
    )
    parser.add_argument(
        "--keep",
        nargs="+",
        type=bound,
        default=(),
        metavar="HOW_MUCH",
        help="drop the oldest part of the dialog: 1GB, 30d, or both",
    )
    parser.add_argument(
        "--workers",
        default=os.environ.get("WEB_CONCURRENCY", "1"),
        type=int,
        help="processes that serve; each counts posts and waiting clients for itself",
    )
    if keep := os.environ.get("KEEP"):
        arguments = ["--keep", *keep.split(), *arguments]
    return parser.parse_args(arguments)


def bound(text: str) -> tuple[str, float]:
    """Read how much of the dialog to keep: a size, or an age. ValueError."""
    units = {"kB": ("size", 1e3), "MB": ("size", 1e6), "GB": ("size", 1e9), "d": ("age", 86_400)}
    number = text.rstrip("kMGBd")
    what, each = units.get(text.removeprefix(number), ("", 0.0))
    if not float(number) * each > 0:
        raise ValueError
    return what, float(number) * each


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections at `host` and `port`. SystemExit if there is none."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        sys.exit(f"Cannot listen on {host}, port {port}: {why}. Try another --port.")


def keep(dialog: Dialog, bounds: Mapping[str, float]) -> None:
    """Keep the dialog within these bounds, forever. Of several servers, one does it."""
    dialog.claim("keep")
    while True:
        try:
            if dropped := dialog.trim(**bounds):
                log.info("Dropped the oldest %s bytes of the dialog.", f"{dropped:,}")
        except DialogError as error:
            log.warning("%s Trying again.", error)
        time.sleep(KEEP_EVERY)


def descriptors() -> int:
    """Raise the number of files and connections that the system lets us open; return it."""
    if not resource:
        return MOST_DESCRIPTORS
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def calm_collector() -> None:
    """Let the garbage collector look seldom: at our count of clients, each look is a pause.

    What the program consists of is not looked at again. What a request leaves is freed without it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def application() -> Live:
    """Make what one process serves, as the command line asks for it."""
    start_logging()
    wanted = options(sys.argv[1:])
    dialog = open_dialog(wanted.dialog)
    gate, posts = gate_of(os.environ), api.Posts(wanted.posts)
    app = create_app(dialog, gate=gate, posts=posts, waiting=lambda: live.waiting)
    # A queue that takes the largest picture: a client that reads slowly must not hold a thread.
    flask: Any = WSGIMiddleware(app, send_queue_size=1000)  # type: ignore[arg-type]  # an environ of its own, narrower type
    live = Live(dialog, flask, gate, posts, most=descriptors() * 3 // 4)
    calm_collector()
    return live


def main() -> None:
    """Serve until a signal ends it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    start_logging()
    wanted = options(sys.argv[1:])
    dialog = open_or_exit(wanted.dialog)
    listener = listen(wanted.host, wanted.port)
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        "server:application",  # by name: each worker makes its own
        factory=True,
        interface="asgi3",
        workers=wanted.workers,
        http=protocols.Http,
        ws=protocols.Socket,
        lifespan="on",  # "auto" would go on without watching the dialog, and say nothing
        ws_max_size=api.LARGEST_BODY,
        ws_ping_interval=PING,
        ws_ping_timeout=PING,
        ws_per_message_deflate=False,  # a compressor for each socket costs more than it saves
        headers=list(HEADERS.items()),
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    if wanted.keep:
        threading.Thread(target=keep, args=(dialog, dict(wanted.keep)), daemon=True).start()
    here = "127.0.0.1" if wanted.host == "0.0.0.0" else wanted.host  # noqa: S104
    print(
        f"Chat at http://{here}:{port} with the dialog {dialog.location}. Ctrl-C ends it.",
        flush=True,
    )
    for warning in dialog.health().warnings:
        print(warning, flush=True)
    try:
        if wanted.workers > 1:
            Multiprocess(config, [listener]).run()
        else:
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        log.info("Ended.")


if __name__ == "__main__":
    main()
