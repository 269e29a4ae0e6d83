"""The web process: reads the settings, opens the port and serves until a signal ends it.

`python server.py` serves Flask (web/app.py) and the delivery methods (web/delivery/) on one port.
`flask --app server run` serves Flask alone, so the page falls back to polling.
"""

import argparse
import errno
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import settings
import startup

try:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from dialog import Dialog, DialogError, open_dialog, open_or_exit
    from logs import start_logging
    from web.access import SECURITY_HEADERS, AccessControl
    from web.app import create_app as create_flask_app
    from web.asgi import FrontDoor
    from web.capacity import Capacity
    from web.forwarded import TrustedProxies
    from web.lab.protocol import LabHttpProtocol
    from web.lab.sessions import Lab
    from web.posts import PostChecker
    from web.resources import (
        collect_garbage_rarely,
        favour_the_loop,
        raise_descriptor_limit,
        return_free_memory,
    )
    from web.uvicorn_protocols import TESTED_VERSION, HttpProtocol, Server
    from web.websocket_protocol import WebSocketProtocol
    from web.wsgi import WsgiBridge
except ModuleNotFoundError as error:
    sys.exit(startup.missing_package(error))
except KeyboardInterrupt:
    sys.exit(0)

log = logging.getLogger("server")

TRIM_INTERVAL = 10.0  # seconds between two checks of the dialog's bounds
SHUTDOWN_TIMEOUT = 3  # seconds for requests that are being answered
AIRPLAY_PORTS = (5000, 7000)  # of AirPlay Receiver, which is on by default
BACKLOG = 2048  # connections that the system queues until they are accepted


def create_app() -> Any:  # noqa: ANN401  # Flask's own type; only web/ imports Flask
    """Return the Flask application with the settings of the environment, for `flask run`."""
    options = settings.read(settings.SERVER, "", [], os.environ)
    checks = access_and_posts(options, listens_on=None)
    return create_flask_app(open_dialog(options.dialog), **checks)


def access_and_posts(options: argparse.Namespace, listens_on: str | None) -> dict[str, Any]:
    """Return the access control and the checker of posts, as arguments of `create_flask_app`."""
    return {
        "access": AccessControl(options.chat_password, options.trusted_hosts, listens_on),
        "posts": PostChecker(options.posts),
    }


def create_front_door(options: argparse.Namespace) -> FrontDoor:
    """Return the ASGI application of one server process. uvicorn calls this in each process."""
    start_logging()
    dialog = open_dialog(options.dialog)
    proxies = TrustedProxies(options.forwarded_allow_ips)
    capacity = Capacity(raise_descriptor_limit(), proxies.trusts_peer)
    checks = access_and_posts(options, options.host)
    rules = checks["access"], capacity, proxies
    lab = Lab(*rules) if options.lab else None
    flask = create_flask_app(dialog, **checks, count_subscribers=lambda: capacity.taken, lab=lab)
    front_door = FrontDoor(dialog, WsgiBridge(flask), *rules, lab=lab)
    return_free_memory()
    collect_garbage_rarely()
    favour_the_loop()
    return front_door


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises SystemExit with the reason if that is impossible."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        sys.exit(listen_trouble(host, port, error))


def listen_trouble(host: str, port: int, error: OSError) -> str:
    """Return why the server cannot listen, and what to do."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"Cannot listen on {host}: this machine has no such address. Use --host 127.0.0.1 for "
            "this machine alone, or --host 0.0.0.0 for every address."
        )
    other = port + 1 if 1024 <= port < 65_535 else 5001
    advice = f"Choose another port with --port or PORT, such as PORT={other}."
    if error.errno == errno.EADDRINUSE:
        airplay = ""
        if sys.platform == "darwin" and port in AIRPLAY_PORTS:
            airplay = (
                "On macOS, AirPlay Receiver uses it. You can turn AirPlay Receiver off in "
                "System Settings, General, AirDrop & Handoff. "
            )
        return f"Port {port} on {host} is already in use. {airplay}{advice}"
    if error.errno == errno.EACCES:
        return f"This system does not let you listen on port {port}. {advice}"
    return f"Cannot listen on {host}, port {port}: {error.strerror}. {advice}"


def keep_within(bounds: Mapping[str, float], dialog: Dialog) -> None:
    """Drop the oldest part of the dialog whenever it exceeds its bounds, and never return.

    If several servers share the dialog, only one of them trims it.
    """
    dialog.claim("keep")
    while True:
        try:
            if dropped := dialog.trim(**bounds):
                log.info("Dropped the oldest %s bytes of the dialog.", f"{dropped:,}")
        except DialogError as error:
            log.warning("%s The next attempt follows in %g s.", error, TRIM_INTERVAL)
        time.sleep(TRIM_INTERVAL)


def uvicorn_warnings() -> list[str]:
    """Return a warning if the installed uvicorn is not the tested version."""
    if uvicorn.__version__ == TESTED_VERSION:
        return []
    return [
        f"This server was tested with uvicorn {TESTED_VERSION}, but {uvicorn.__version__} is "
        "installed. Delivery may fail. Install requirements.txt."
    ]


def uvicorn_config(options: argparse.Namespace) -> uvicorn.Config:
    """Return the configuration of uvicorn."""
    return uvicorn.Config(
        partial(create_front_door, options),
        factory=True,
        interface="asgi3",
        workers=options.workers,
        http=LabHttpProtocol if options.lab else HttpProtocol,
        ws=WebSocketProtocol,
        lifespan="on",  # "auto" would continue silently if the dialog could not be watched
        headers=list(SECURITY_HEADERS.items()),
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        proxy_headers=False,  # uvicorn would trust what the client sent; see web/forwarded.py
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
    )


@startup.exiting_on_signals()
def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    startup.print_any_text()
    start_logging()
    options = settings.read(
        settings.SERVER, "Serve the page and the chat.", sys.argv[1:], os.environ
    )
    if options.lab and options.workers > 1:
        sys.exit("The lab needs a single server process. Leave out --lab, or use --workers 1.")
    dialog = open_or_exit(options.dialog)
    listener = listen(options.host, options.port)
    host = "127.0.0.1" if options.host == "0.0.0.0" else options.host  # noqa: S104
    address = f"http://{host}:{listener.getsockname()[1]}"
    print(f"Chat at {address} with the dialog {dialog.location}. Press Ctrl-C to stop.", flush=True)
    for warning in [*dialog.health().warnings, *uvicorn_warnings()]:
        print(warning, flush=True)
    if options.keep:
        keep = threading.Thread(target=keep_within, args=(options.keep, dialog), daemon=True)
        keep.start()
    config = uvicorn_config(options)
    try:
        if options.workers > 1:
            Multiprocess(config, [listener]).run()
        else:
            Server(config).run(sockets=[listener])
    finally:
        log.info("Ended.")


if __name__ == "__main__":
    main()
