"""The pictures of the gallery: what lies in a folder, with what its captions.toml says of it."""

import logging
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request, send_from_directory

from thumbnails import WIDTHS, thumbnail

log = logging.getLogger(__name__)

SUFFIXES = {".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"}


@dataclass(frozen=True)
class Picture:
    """One picture: its file's name, and what is shown with it and in its place."""

    name: str
    title: str
    caption: str
    alt: str


def pictures(folder: Path) -> list[Picture]:
    """Return the pictures in `folder`: first those with a caption, as ordered there, then by name.

    A picture without a caption is called after its file. Links out of the folder do not count.
    """
    if not folder.is_dir():
        return []
    captions = _captions(folder)
    order = {name: place for place, name in enumerate(captions)}
    names = [path.name for path in folder.iterdir() if _is_picture(path, folder)]
    names.sort(key=lambda name: (order.get(name, len(order)), name))
    return [_picture(name, captions.get(name, {})) for name in names]


def _picture(name: str, caption: dict[str, str]) -> Picture:
    title = caption.get("title") or Path(name).stem.replace("-", " ").replace("_", " ").capitalize()
    return Picture(name, title, caption.get("caption", ""), caption.get("alt", title))


def _is_picture(path: Path, folder: Path) -> bool:
    return (
        path.suffix.lower() in SUFFIXES
        and path.is_file()
        and path.resolve().is_relative_to(folder.resolve())
    )


def _captions(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / "captions.toml").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        log.warning("%s: pictures go without captions: %s", folder / "captions.toml", error)
        return {}


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
