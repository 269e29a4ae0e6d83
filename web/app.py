"""The page, the form and the JSON API as Flask views; assets.py and gallery.py have the others."""

import logging
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from zlib import crc32

from flask import (
    Flask,
    Response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from dialog import (
    Dialog,
    DialogError,
    Message,
    Page,
    dialog_address,
    open_dialog,
    timestamp,
    to_json,
)
from gallery import views as gallery
from gallery.pictures import pictures
from web import api, assets
from web.access import COOKIE, COOKIE_AGE, Gate, gate_of
from web.content_encoding import compressed
from web.delivery import METHODS

log = logging.getLogger(__name__)

HERE = Path(__file__).parent.parent
CACHED_FOR = 60  # seconds: for a picture or a style sheet that may change while we look at it
SHOWN = 50  # messages on a new page
SILENT = 10  # seconds; the robot speaks every second
FOR_PROGRAMS = ("/messages", "/healthz")  # these answer in JSON

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
    dialog = dialog or open_dialog(dialog_address(os.environ))
    gate = gate or gate_of(os.environ)
    posts = posts or api.Posts(api.POSTS)
    app = Flask("web", root_path=str(HERE))
    app.config["MAX_CONTENT_LENGTH"] = api.LARGEST_BODY
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = CACHED_FOR
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(compressed)
    app.register_blueprint(assets.views())
    app.register_blueprint(gallery.views(images))

    def page(
        error: api.Refused | None = None, text: str = "", author: str = "", nonce: str = ""
    ) -> Answer:
        """The page; an `error` stands beside the field, which still has what was written."""
        newest = shown(dialog, error)
        html = render_template(
            "page.html",
            pictures=pictures(images),
            delivery_methods=METHODS,
            newest=newest,
            by_id={message.id: message for message in newest.messages},
            groups=[(chatter, list(run)) for chatter, run in groupby(newest.messages, is_chatter)],
            now=int(datetime.now(UTC).timestamp() * 1000),
            error=error.message if error else "",
            text=text,
            author=author,
            nonce=nonce or secrets.token_urlsafe(12),
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
        nonce = request.form.get("nonce", "")
        # Sent again, it is the same message; another text is not, though a browser kept the page.
        once = f"{nonce}-{crc32(text.encode()):x}" if nonce else None
        try:
            dialog.append_all([posts.draft(request.remote_addr, text, author, once)])
        except (api.Refused, DialogError) as error:
            no = error if isinstance(error, api.Refused) else api.refusal(error)
            return page(no, text, author, nonce)
        return redirect(url_for("show"), 303)

    @app.post("/messages")
    def post_message() -> Answer:
        draft = posts.draft(request.remote_addr, **api.post_from(request.get_data()))
        (message,) = dialog.append_all([draft])
        return json_answer(to_json(message.public()), 201)

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
        return json_answer(to_json(body), 200 if body["ok"] else 503)

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
    trouble, warnings = dialog.health()
    newest = () if trouble else dialog.newest(api.MOST_MESSAGES).messages
    heard = max((message.time for message in newest if message.role == "robot"), default=None)
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


def is_chatter(message: Message) -> bool:
    """Whether the robot said this of its own accord, not as a reply."""
    return message.role == "robot" and not message.reply_to
