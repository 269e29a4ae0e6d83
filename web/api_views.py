"""The JSON API: posts, history, polling and health."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from dialog import Dialog, to_json
from web.delivery import polling
from web.errors import JSON_HEADERS
from web.health import health
from web.parameters import limit_from, search_text_from
from web.posts import PostChecker, fields_from_json

HISTORY = 50  # messages, without a `limit`


def create_blueprint(
    dialog: Dialog, posts: PostChecker, count_subscribers: Callable[[], int]
) -> Blueprint:
    """Return the views of the API."""
    blueprint = Blueprint("api", __name__)

    @blueprint.post("/messages")
    def post() -> Response:
        draft = posts.draft(dialog, request.remote_addr, fields_from_json(request.get_data()))
        (message,) = dialog.append_all([draft])
        return _respond(to_json(message.public()), 201)

    @blueprint.get("/messages")
    def get() -> Response:
        args = request.args
        if "search" in args:
            page = dialog.search(
                search_text_from(args), limit_from(args, HISTORY), args.get("before")
            )
        elif "after" in args:
            page = polling.page_after(dialog, args)
        elif "before" in args:
            page = dialog.before(args["before"], limit_from(args, HISTORY))
        else:
            page = dialog.newest(limit_from(args, HISTORY))
        return _respond(page.json)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        report = health(dialog, count_subscribers())
        return _respond(to_json(report), 200 if report["ok"] else 503)

    return blueprint


def _respond(body: bytes, status: int = 200) -> Response:
    return Response(body, status, JSON_HEADERS)
