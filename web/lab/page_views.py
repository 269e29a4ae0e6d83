"""The page that compares the delivery methods, with or without a lab."""

from datetime import UTC, datetime

from flask import Blueprint, Response, render_template, request

from dialog import Dialog, to_json
from web.delivery import METHODS
from web.errors import JSON_HEADERS
from web.lab.costs import read_costs
from web.lab.excerpts import read_excerpts
from web.lab.networks import DEFAULT_SOURCE, NETWORKS, SOURCES

SECRETS = {"Cookie", "Authorization"}
# Added by proxies and by the bridge to Flask; a browser does not send them.
NOT_SENT = ("X-Forwarded-", "X-Real-", "X-Request-", "Forwarded", "Via", "Content-Length")


def create_blueprint(dialog: Dialog, *, has_lab: bool) -> Blueprint:
    """Return the views of the page."""
    blueprint = Blueprint("delivery", __name__)

    @blueprint.get("/delivery")
    def show() -> str:
        return render_template(
            "delivery.html",
            now=int(datetime.now(UTC).timestamp() * 1000),
            next=dialog.newest(1).next,
            methods=METHODS,
            excerpts=read_excerpts(),
            costs=read_costs(),
            has_lab=has_lab,
            networks=[each for each in NETWORKS.values() if has_lab or each.in_page],
            sources=SOURCES.values(),
            default_source=DEFAULT_SOURCE,
        )

    @blueprint.get("/delivery/head")
    def head() -> Response:
        """Return the head of this request, because a script cannot see what its browser sends."""
        body = to_json({"head": head_of_request()})
        if "text/event-stream" in request.headers.get("Accept", ""):
            event = b"data: " + body + b"\n\n"
            return Response(event, headers=JSON_HEADERS | {"Content-Type": "text/event-stream"})
        return Response(body, headers=JSON_HEADERS)

    return blueprint


def head_of_request() -> str:
    """Return the head of Flask's request in its size on the wire, without what is secret in it."""
    lines = [f"{request.method} {request.full_path.removesuffix('?')} HTTP/1.1"]
    for name, value in request.headers:
        if not name.startswith(NOT_SENT):
            sent = name.lower() if name.startswith("Sec-Ch-") else name  # as browsers write it
            lines.append(f"{sent}: {'*' * len(value) if name in SECRETS else value}")
    return "\r\n".join([*lines, "", ""])
