"""The controls of a session: choose a network or a source, write a message, read the record."""

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from dialog import to_json
from web.errors import JSON_HEADERS, ApiError
from web.lab.networks import NETWORKS, SOURCES
from web.lab.sessions import Lab, Session
from web.parameters import LARGEST_PAGE

T = TypeVar("T")


def create_blueprint(lab: Lab) -> Blueprint:
    """Return the views of the lab. They exist only with `--lab`."""
    blueprint = Blueprint("lab", __name__, url_prefix="/lab")

    @blueprint.post("")
    def create() -> Response:
        session = lab.run(_create(lab, _fields()))
        return _respond({"id": session.id, "next": session.dialog.end()}, 201)

    @blueprint.post("/<id_>")
    def change(id_: str) -> Response:
        lab.run(_change(lab.get(id_), _fields()))
        return _respond({})

    @blueprint.get("/<id_>")
    def record(id_: str) -> Response:
        """Return what was written, past the relay, so that a page can count what it missed."""
        page = lab.get(id_).dialog.after(request.args.get("after", ""), LARGEST_PAGE)
        return Response(page.json, headers=JSON_HEADERS)

    @blueprint.post("/<id_>/end")
    def end(id_: str) -> Response:
        lab.run(lab.end(id_))
        return _respond({})

    return blueprint


def _fields() -> Mapping[str, Any]:
    """Return the settings in the body of a request. Raises ApiError if it is no JSON object."""
    fields = request.get_json(force=True, silent=True)
    if not isinstance(fields, dict):
        raise ApiError(400, "bad_json", 'The body must be an object, as in {"say": true}.')
    return fields


async def _create(lab: Lab, fields: Mapping[str, Any]) -> Session:
    """Return a new session with these settings. Raises ApiError."""
    session = await lab.create()
    await _change(session, fields)
    return session


async def _change(session: Session, fields: Mapping[str, Any]) -> None:
    """Change what the fields name. Raises ApiError if a name is unknown."""
    network = _choice(fields, "network", NETWORKS)
    source = _choice(fields, "source", SOURCES)
    if network:
        session.choose_network(network)
    if source:
        session.choose_source(source)
    if fields.get("say"):
        await session.say()


def _choice(fields: Mapping[str, Any], field: str, choices: Mapping[str, T]) -> T | None:
    """Return what a field names, or None if the field is missing."""
    name = fields.get(field)
    if name is None:
        return None
    if not isinstance(name, str) or name not in choices:
        allowed = ", ".join(choices)
        raise ApiError(400, f"bad_{field}", f"There is no such {field}. Choose one of: {allowed}.")
    return choices[name]


def _respond(fields: Mapping[str, object], status: int = 200) -> Response:
    return Response(to_json(fields), status, JSON_HEADERS)
