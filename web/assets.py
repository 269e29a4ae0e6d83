"""The page's own styles and scripts. They are written as many small files, one for each job."""

from pathlib import Path

from flask import Blueprint, Response, current_app, request

STATIC = Path(__file__).parent.parent / "static"


def views() -> Blueprint:
    """Serve all styles as one file, and tell the page which scripts to fetch at once."""
    blueprint = Blueprint("assets", __name__)

    @blueprint.get("/static/style.css")
    def style() -> Response:
        # By name: base.css comes first, and the others do not depend on their order.
        parts = [path.read_text("utf-8") for path in sorted((STATIC / "css").glob("*.css"))]
        answer = Response("\n".join(parts), mimetype="text/css")
        answer.cache_control.max_age = current_app.get_send_file_max_age(None)
        answer.add_etag()
        answer.make_conditional(request)
        return answer

    @blueprint.app_context_processor
    def scripts() -> dict[str, list[str]]:
        return {"scripts": sorted(path.name for path in (STATIC / "js").glob("*.js"))}

    return blueprint
