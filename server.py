"""The web process: the page, the gallery, the form and the JSON API as Flask views.

`python server.py` serves them together with the connections that wait (live.py) on one port.
`flask --app server run` serves them alone: the page then falls back to polling by itself.
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
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware
from flask import (
    Flask,
    Response,
    redirect,
    render_template,
    request,
    url_for,
)
from uvicorn.supervisors import Multiprocess
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

import api
import assets
import gallery
import protocols
from compression import compressed
from dialog import (
    Dialog,
    DialogError,
    Message,
    Page,
    address_from,
    compact,
    open_dialog,
    timestamp,
    usable,
)
from gate import COOKIE, COOKIE_AGE, HEADERS, Gate
from live import Live
from logs import start_logging
from pictures import pictures

try:
    import resource
except ImportError:  # Windows, where there is no such limit
    resource = None  # type: ignore[assignment]

log = logging.getLogger("server")

HERE = Path(__file__).parent
CACHED_FOR = 60  # seconds: for a picture or a style sheet that may change while we look at it
SHOWN = 50  # messages on a new page
POSTS = 10.0  # a second from one address, after a burst of ten times as many
MOST_DESCRIPTORS = 65_536  # raised to at most; each waiting client takes one
SILENT = 10  # seconds; the robot speaks every second
KEEP_EVERY = 10.0  # seconds between two looks at whether the dialog is too long
FOR_PROGRAMS = ("/messages", "/healthz")  # these answer in JSON
COLLECT_AFTER = 50_000  # objects more than there were
PING = 20.0  # seconds between two pings of a socket, and for the answer to one

Answer = str | BaseResponse | tuple[str, int] | tuple[str, int, Mapping[str, str]]


def create_app(
    dialog: Dialog | None = None,
    images: Path = HERE / "img",
    gate: Gate | None = None,
    posts: api.Posts | None = None,
    waiting: Callable[[], int] = lambda: 0,
) -> Flask:
    """Make the Flask application for a dialog, by default the one that the environment names.

    `posts` looks at what people write. `waiting` tells how many connections wait in front of
    Flask.
    """
    dialog = dialog or open_dialog(address_from(os.environ))
    gate = gate or gate_of(os.environ)
    posts = posts or api.Posts(POSTS)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = api.LARGEST_BODY
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = CACHED_FOR
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(compressed)
    app.register_blueprint(assets.views())
    app.register_blueprint(gallery.views(images))

    def page(error: api.Refused | None = None, text: str = "", author: str = "") -> Answer:
        """The page; an `error` stands beside the field, which still has what was written."""
        newest = shown(dialog, error)
        html = render_template(
            "page.html",
            pictures=pictures(images),
            newest=newest,
            by_id={message.id: message for message in newest.messages},
            groups=[(chatter, list(run)) for chatter, run in groupby(newest.messages, is_chatter)],
            now=int(datetime.now(UTC).timestamp() * 1000),
            error=error.message if error else "",
            text=text,
            author=author,
            longest_text=api.LONGEST_TEXT,
            longest_author=api.LONGEST_AUTHOR,
        )
        return (html, error.status, error.headers) if error else html

    def json_answer(body: bytes, status: int = 200) -> Response:
        return Response(body, status, api.HEADERS)

    @app.get("/")
    def show() -> Answer:
        return page()

    @app.post("/")
    def post_form() -> Answer:
        text = request.form.get("new_message", "").replace("\r\n", "\n")
        author = request.form.get("author", "")
        try:
            dialog.append_all([posts.draft(request.remote_addr, text, author)])
        except (api.Refused, DialogError) as error:
            no = error if isinstance(error, api.Refused) else api.refusal(error)
            return page(no, text, author)
        return redirect(url_for("show"), 303)

    @app.post("/messages")
    def post_message() -> Answer:
        draft = posts.draft(request.remote_addr, **api.post_from(request.get_data()))
        (message,) = dialog.append_all([draft])
        return json_answer(compact(message.public()), 201)

    @app.get("/messages")
    def messages() -> Answer:
        args = request.args
        if "after" in args:
            found = dialog.after(args["after"], api.limit_from(args, 100))
        elif "before" in args:
            found = dialog.before(args["before"], api.limit_from(args, SHOWN))
        else:
            found = dialog.newest(api.limit_from(args, SHOWN))
        return json_answer(found.json)

    @app.get("/healthz")
    def healthz() -> Answer:
        body = health(dialog, waiting())
        return json_answer(compact(body), 200 if body["ok"] else 503)

    @app.errorhandler(api.Refused)
    def refused(error: api.Refused) -> BaseResponse:
        # JSON also where the host is none: Flask cannot make the addresses of a page then.
        if isinstance(request.routing_exception, BadHost) or request.path.startswith(FOR_PROGRAMS):
            return Response(error.json, error.status, api.HEADERS | error.headers)
        if error.status == 401 and request.method == "GET":
            return redirect(url_for("ask_password"), 303)
        return Response(render_template("error.html", error=error), error.status, error.headers)

    @app.errorhandler(DialogError)
    def dialog_error(error: DialogError) -> BaseResponse:
        return refused(api.refusal(error))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> BaseResponse:
        code = error.name.lower().replace(" ", "_")
        answer = refused(api.Refused(error.code or 500, code, error.description or error.name))
        if isinstance(error, MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(error.valid_methods or ())
        return answer

    close(app, gate)
    return app


def shown(dialog: Dialog, error: api.Refused | None) -> Page:
    """Return the messages for the page; none where only the `error` can be shown. DialogError."""
    try:
        return dialog.newest(SHOWN)
    except DialogError:
        if not error:
            raise
        return Page((), "", more=False)


def health(dialog: Dialog, waiting: int) -> dict[str, object]:
    """Return how things stand, with what is wrong in words: the `warnings` do not stop the chat."""
    trouble = dialog.trouble()
    newest = () if trouble else dialog.newest(api.MOST_MESSAGES).messages
    heard = max((message.time for message in newest if message.role == "robot"), default=None)
    warnings = dialog.warnings()
    if not heard or heard < timestamp(SILENT):
        warnings.append(f"The robot has said nothing for {SILENT} s or more.")
    return {
        "ok": trouble is None,
        "dialog": {"writable": trouble is None, "trouble": trouble},
        "robot": {"last_heard": heard},
        "waiting": waiting,
        "warnings": warnings,
    }


def close(app: Flask, gate: Gate) -> None:
    """Put the gate in front of all views, and the page that asks for the password beside it."""

    @app.before_request
    def check() -> None:
        gate.check(request)

    @app.get("/login")
    def ask_password() -> Answer:
        if not gate.locked:
            return redirect(url_for("show"), 303)
        return render_template("login.html", error="")

    @app.post("/login")
    def login() -> Answer:
        try:
            cookie = gate.admit(request.form.get("password", ""), request.remote_addr)
        except api.Refused as no:
            return render_template("login.html", error=no.message), no.status, no.headers
        answer = redirect(url_for("show"), 303)
        answer.set_cookie(
            COOKIE,
            cookie,
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
        return answer

    @app.after_request
    def note(answer: Response) -> Response:
        if request.method == "POST" or answer.status_code >= 400:
            who = request.remote_addr
            log.info("%s %a from %s: %s", request.method, request.path, who, answer.status_code)
        return answer


def gate_of(environ: Mapping[str, str]) -> Gate:
    """Make the gate that CHAT_PASSWORD and TRUSTED_HOSTS ask for."""
    hosts = environ.get("TRUSTED_HOSTS", "").replace(",", " ").split()
    return Gate(environ.get("CHAT_PASSWORD", ""), hosts)


def is_chatter(message: Message) -> bool:
    """Whether the robot said this of its own accord, not as a reply."""
    return message.role == "robot" and not message.reply_to


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; what it leaves out comes from the environment."""
    parser = argparse.ArgumentParser(description="Serve the page and the chat.")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", default=os.environ.get("PORT", "5000"), type=int)
    parser.add_argument("--dialog", default=address_from(os.environ), help="a path, or redis://...")
    parser.add_argument(
        "--posts",
        default=os.environ.get("POSTS", str(POSTS)),
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
    dialog.claim("keep", -1)
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
    dialog = usable(wanted.dialog)
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
        f"Chat at http://{here}:{port} with the dialog {dialog.where}. Ctrl-C ends it.", flush=True
    )
    if caveat := dialog.caveat():
        print(caveat, flush=True)
    try:
        if wanted.workers > 1:
            Multiprocess(config, [listener]).run()
        else:
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        log.info("Ended.")


if __name__ == "__main__":
    main()
