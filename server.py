"""The web process: the page, the gallery, the form and the JSON API as Flask views.

`python server.py` serves them together with the connections that wait (live.py) on one port.
`flask --app server run` serves them alone: the page then falls back to polling by itself.
"""

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from types import FrameType

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
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

import api
import assets
import gallery
from compression import compressed
from dialog import Dialog, DialogError, Message, compact
from live import Live

HERE = Path(__file__).parent
LARGEST_BODY = 32 * 1024  # bytes
CACHED_FOR = 60  # seconds: for a picture or a style sheet that may change while we look at it
SHOWN = 50  # messages on a new page

Answer = str | BaseResponse | tuple[str, int]


def create_app(
    dialog: Dialog | None = None,
    images: Path = HERE / "img",
    waiting: Callable[[], int] = lambda: 0,
) -> Flask:
    """Make the Flask application for a dialog, by default the one that DIALOG names.

    `waiting` tells how many connections wait in front of Flask.
    """
    dialog = dialog or Dialog(os.environ.get("DIALOG", "dialog.jsonl"))
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = CACHED_FOR
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(compressed)
    app.register_blueprint(assets.views())
    app.register_blueprint(gallery.views(images))

    def page(status: int = 200, error: str = "", text: str = "", author: str = "") -> Answer:
        """The page; an `error` stands beside the field, which still has what was written."""
        newest = dialog.newest(SHOWN)
        return render_template(
            "page.html",
            pictures=gallery.pictures(images),
            newest=newest,
            by_id={message.id: message for message in newest.messages},
            groups=[(chatter, list(run)) for chatter, run in groupby(newest.messages, is_chatter)],
            now=int(datetime.now(UTC).timestamp() * 1000),
            error=error,
            text=text,
            author=author,
            longest_text=api.LONGEST_TEXT,
            longest_author=api.LONGEST_AUTHOR,
        ), status

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
            api.say(dialog, text, author)
        except (api.Refused, DialogError) as error:
            no = error if isinstance(error, api.Refused) else api.refusal(error)
            return page(no.status, no.message, text, author)
        return redirect(url_for("show"), 303)

    @app.post("/messages")
    def post_message() -> Answer:
        message = api.say(dialog, **api.post_from(request.get_data()))
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
        newest = dialog.newest(SHOWN).messages
        heard = [message.time for message in newest if message.role == "robot"]
        trouble = dialog.trouble()
        body = {
            "ok": trouble is None,
            "dialog": {"writable": trouble is None, "trouble": trouble},
            "robot": {"last_heard": heard[-1] if heard else None},
            "waiting": waiting(),
        }
        return json_answer(compact(body), 200 if trouble is None else 503)

    @app.errorhandler(api.Refused)
    def refused(error: api.Refused) -> Response:
        if request.path.startswith(("/messages", "/healthz")):
            return Response(error.json, error.status, error.headers)
        return Response(render_template("error.html", error=error), error.status)

    @app.errorhandler(DialogError)
    def dialog_error(error: DialogError) -> Answer:
        return refused(api.refusal(error))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Answer:
        code = error.name.lower().replace(" ", "_")
        answer = refused(api.Refused(error.code or 500, code, error.description or error.name))
        if isinstance(error, MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(error.valid_methods or ())
        return answer

    return app


def is_chatter(message: Message) -> bool:
    """Whether the robot said this of its own accord, not as a reply."""
    return message.role == "robot" and not message.reply_to


class Server(uvicorn.Server):
    """Uvicorn, which first sends home those who wait: else it would wait for them."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self.live = live

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, on a signal."""
        self.live.close()
        super().handle_exit(sig, frame)


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; what it leaves out comes from the environment."""
    parser = argparse.ArgumentParser(description="Serve the page and the chat.")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", default=os.environ.get("PORT", "5000"), type=int)
    parser.add_argument("--dialog", default=os.environ.get("DIALOG", "dialog.jsonl"), type=Path)
    return parser.parse_args(arguments)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections at `host` and `port`. SystemExit if there is none."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        sys.exit(f"Cannot listen on {host}, port {port}: {why}. Try another --port.")


def main() -> None:
    """Serve until a signal ends it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    wanted = options(sys.argv[1:])
    dialog = Dialog(wanted.dialog)
    if trouble := dialog.trouble():
        sys.exit(f"Cannot write the dialog: {trouble}")
    listener = listen(wanted.host, wanted.port)
    port = listener.getsockname()[1]
    app = create_app(dialog, waiting=lambda: live.waiting)
    live = Live(dialog, WSGIMiddleware(app))  # type: ignore[arg-type]  # an environ of its own, narrower type
    config = uvicorn.Config(
        live,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LARGEST_BODY,
        ws_per_message_deflate=False,  # a compressor for each socket costs more than it saves
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    here = "127.0.0.1" if wanted.host == "0.0.0.0" else wanted.host  # noqa: S104
    print(
        f"Chat at http://{here}:{port} with the dialog {dialog.path}. Ctrl-C ends it.", flush=True
    )
    if caveat := dialog.caveat():
        print(caveat, flush=True)
    Server(config, live).run(sockets=[listener])


if __name__ == "__main__":
    main()
