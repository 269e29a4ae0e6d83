"""The views of the gallery: the pictures, their thumbnails and the list of pictures."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, jsonify, request, send_from_directory

from gallery.pictures import picture_path, pictures
from gallery.thumbnails import WIDTHS, thumbnail


def create_blueprint(folder: Path) -> Blueprint:
    """Return the blueprint that serves the pictures in `folder`."""
    blueprint = Blueprint("gallery", __name__)

    @blueprint.get("/img/<name>")
    def picture(name: str) -> Response:
        path = picture_path(folder, name)
        if not path:
            abort(404, "The gallery has no picture with this name.")
        width = request.args.get("width")
        if width and width not in map(str, WIDTHS):
            abort(400, f"width must be one of {', '.join(map(str, WIDTHS))}.")
        small = thumbnail(path, int(width)) if width else None
        if small is None:
            return send_from_directory(folder, name)
        response = Response(small, mimetype="image/webp")
        response.cache_control.max_age = current_app.get_send_file_max_age(None)
        return _conditional(response)

    @blueprint.get("/pictures")
    def picture_list() -> Response:
        response = jsonify(pictures=pictures(folder))
        response.cache_control.no_cache = True  # the browser asks each time, mostly for a 304
        return _conditional(response)

    @blueprint.app_context_processor
    def widths() -> dict[str, tuple[int, ...]]:
        return {"widths": WIDTHS}

    return blueprint


def _conditional(response: Response) -> Response:
    """Let the response become a 304 if the client has it already."""
    response.add_etag()
    response.make_conditional(request)
    return response
