"""The gallery's views: its pictures, small ones of them, and the list of all."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, jsonify, request, send_from_directory

from gallery.pictures import pictures
from gallery.thumbnails import WIDTHS, thumbnail


def views(folder: Path) -> Blueprint:
    """Serve the pictures in `folder`, their thumbnails, and the list of them."""
    blueprint = Blueprint("gallery", __name__)

    @blueprint.get("/img/<name>")
    def picture(name: str) -> Response:
        if name not in {picture.name for picture in pictures(folder)}:
            abort(404, "There is no such picture.")
        width = request.args.get("width")
        if width and width not in map(str, WIDTHS):
            abort(400, f"width is one of {', '.join(map(str, WIDTHS))}.")
        small = thumbnail(folder / name, int(width)) if width else None
        if small is None:
            return send_from_directory(folder, name)
        answer = Response(small, mimetype="image/webp")
        answer.cache_control.max_age = current_app.get_send_file_max_age(None)
        return _conditional(answer)

    @blueprint.get("/pictures")
    def listed() -> Response:
        answer = jsonify(pictures=pictures(folder))
        answer.cache_control.no_cache = True  # ask each time; mostly, nothing has changed
        return _conditional(answer)

    @blueprint.app_context_processor
    def widths() -> dict[str, tuple[int, ...]]:
        return {"widths": WIDTHS}

    return blueprint


def _conditional(answer: Response) -> Response:
    answer.add_etag()
    answer.make_conditional(request)
    return answer
