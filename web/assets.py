"""The styles, scripts and icons of the page, written as many small files.

The page links to /static/VERSION/FILE. The version is a hash over all static files, so a browser
keeps them for a year and never mixes two versions. The imports of a script are relative, so they
lead to the same version. /static/FILE works, too, and is cached for a minute.
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from flask import Blueprint, Response, current_app, g, request, send_from_directory

STATIC = Path(__file__).parent.parent / "static"
FIRST = ("page/tokens.css", "page/base.css")  # the other style sheets override them
VERSION_LENGTH = 16  # characters
VERSION = f"<string(length={VERSION_LENGTH}):version>"  # no folder in static/ has such a long name
YEAR = 365 * 86_400  # seconds


class StaticFile(NamedTuple):
    """A static file, with the time of its last change."""

    path: str
    modified: int  # nanoseconds
    size: int  # bytes


def create_blueprint() -> Blueprint:
    """Return a blueprint that serves the static files and lists the scripts to preload."""
    blueprint = Blueprint("assets", __name__)

    @blueprint.app_url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = f"{_version()}/{values['filename']}"
        elif endpoint == "assets.style":
            values["version"] = _version()

    @blueprint.get("/static/style.css", defaults={"version": ""})
    @blueprint.get(f"/static/{VERSION}/style.css")
    def style(version: str) -> Response:
        sheets = [path.read_text("utf-8") for path in style_sheets(STATIC / "css")]
        response = Response("\n".join(sheets), mimetype="text/css")
        response.cache_control.max_age = current_app.get_send_file_max_age(None)
        response.add_etag()
        response.make_conditional(request)
        return _cached_by_version(response, version)

    @blueprint.get(f"/static/{VERSION}/<path:filename>")
    def versioned(version: str, filename: str) -> Response:
        return _cached_by_version(send_from_directory(STATIC, filename), version)

    @blueprint.get("/favicon.ico")
    def favicon() -> Response:
        return send_from_directory(STATIC, "favicon.ico")

    @blueprint.app_context_processor
    def scripts() -> dict[str, list[str]]:
        folder = STATIC / "js"
        paths = [Path(file.path) for file in _files() if file.path.endswith(".js")]
        return {"scripts": sorted(path.relative_to(folder).as_posix() for path in paths)}

    return blueprint


def style_sheets(folder: Path) -> list[Path]:
    """Return the style sheets in the order of the cascade: the `FIRST` ones, then by path.

    Those of the lab are not among them, because only its own page needs them.
    """
    first = [folder / path for path in FIRST]
    return first + sorted({*folder.rglob("*.css")} - {*first, *folder.glob("lab/*")})


def _cached_by_version(response: Response, version: str) -> Response:
    """Let browsers keep a response for a year if `version` is the version of the files.

    A page from before an update asks for an old version, and gets the files as they are now.
    """
    if version == _version():
        response.cache_control.max_age = YEAR
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
        response.expires = None
    return response


def _version() -> str:
    """Return the version of the files. They can change while the server runs."""
    return _hash(_files())


def _files() -> tuple[StaticFile, ...]:
    """Return the static files, looked up once for a request."""
    if "static_files" not in g:
        g.static_files = tuple(sorted(_scan(STATIC)))
    files: tuple[StaticFile, ...] = g.static_files
    return files


def _scan(folder: str | Path) -> Iterator[StaticFile]:
    """Yield the files in a folder and below. This is ten times as fast as Path.rglob."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _scan(entry.path)
            else:
                status = entry.stat()
                yield StaticFile(entry.path, status.st_mtime_ns, status.st_size)


@lru_cache(1)
def _hash(files: tuple[StaticFile, ...]) -> str:
    """Return a hash over the names and the contents of files, which is the same on every host."""
    digest = blake2b(digest_size=VERSION_LENGTH // 2)
    for file in files:
        path = Path(file.path)
        digest.update(f"{path.relative_to(STATIC).as_posix()} {file.size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
