"""The styles and scripts of the page, written as many small files in one folder per subject."""

from pathlib import Path

from flask import Blueprint, Response, current_app, request

STATIC = Path(__file__).parent.parent / "static"
FIRST = ("page/tokens.css", "page/base.css")  # the other style sheets override them


def create_blueprint() -> Blueprint:
    """Return a blueprint that serves all style sheets as one and lists the scripts to preload."""
    blueprint = Blueprint("assets", __name__)

    @blueprint.get("/static/style.css")
    def style() -> Response:
        sheets = [path.read_text("utf-8") for path in style_sheets(STATIC / "css")]
        response = Response("\n".join(sheets), mimetype="text/css")
        response.cache_control.max_age = current_app.get_send_file_max_age(None)
        response.add_etag()
        response.make_conditional(request)
        return response

    @blueprint.app_context_processor
    def scripts() -> dict[str, list[str]]:
        folder = STATIC / "js"
        return {"scripts": sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.js"))}

    return blueprint


def style_sheets(folder: Path) -> list[Path]:
    """Return the style sheets in the order of the cascade: the `FIRST` ones, then by path.

    Those of the lab are not among them, because only its own page needs them.
    """
    first = [folder / path for path in FIRST]
    return first + sorted({*folder.rglob("*.css")} - {*first, *folder.glob("lab/*")})
