"""The JSON API: posts, history, polling and health."""

from collections.abc import Callable, Mapping
from threading import BoundedSemaphore

from flask import Blueprint, Response, request

from dialog import Dialog, Page, to_json
from web.delivery import polling
from web.errors import JSON_HEADERS, ApiError
from web.health import DiskFullMemory, health
from web.parameters import limit_from, search_text_from, time_from
from web.posts import PostChecker, fields_from_json

HISTORY = 50  # messages, without a `limit`
SEARCHES_AT_ONCE = 4  # a search takes processor time from all other requests


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
            page = search(args)
        elif "after" in args:
            page = polling.page_after(dialog, args)
        elif "before" in args:
            page = dialog.before(args["before"], limit_from(args, HISTORY))
        elif "since" in args:
            page = dialog.since(time_from(args), limit_from(args, HISTORY))
        else:
            page = dialog.newest(limit_from(args, HISTORY))
        return _respond(page.json)

    searches = BoundedSemaphore(SEARCHES_AT_ONCE)

    def search(args: Mapping[str, str]) -> Page:
        text, limit = search_text_from(args), limit_from(args, HISTORY)
        if not searches.acquire(blocking=False):
            raise ApiError(503, "busy", "Too many people search right now. Try again in a second.")
        try:
            return dialog.search(text, limit, args.get("before"))
        finally:
            searches.release()

    disk = DiskFullMemory()

    @blueprint.after_app_request
    def record_post(response: Response) -> Response:
        if request.method == "POST" and request.endpoint in {"api.post", "page.post"}:
            disk.record_post(response.status_code)
        return response

    @blueprint.get("/healthz")
    def healthz() -> Response:
        report = health(dialog, count_subscribers(), disk.is_full)
        return _respond(to_json(report), 200 if report["ok"] else 503)

    return blueprint


def _respond(body: bytes, status: int = 200) -> Response:
    return Response(body, status, JSON_HEADERS)
