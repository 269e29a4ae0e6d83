"""The Flask application: every request that is answered at once."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, request

from dialog import Dialog, dialog_address, open_dialog
from gallery import views as gallery_views
from web import api_views, assets, error_views, login_views, page_views
from web.access import AccessControl, RequestHead
from web.content_encoding import encode_content
from web.lab import page_views as lab_page_views
from web.lab import views as lab_views
from web.lab.sessions import Lab
from web.posts import LARGEST_BODY, PostChecker

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
MAX_AGE = 60  # seconds that a browser caches a picture or a style sheet


def create_app(
    dialog: Dialog | None = None,
    images: Path = ROOT / "img",
    access: AccessControl | None = None,
    posts: PostChecker | None = None,
    count_subscribers: Callable[[], int] = lambda: 0,
    *,
    lab: Lab | None = None,
) -> Flask:
    """Return the Flask application for a dialog, by default the one that the environment names.

    `count_subscribers` returns how many subscribers wait. They wait outside Flask.
    """
    dialog = dialog or open_dialog(dialog_address(os.environ))
    access = access or AccessControl()
    posts = posts or PostChecker(0)
    app = Flask("web", root_path=str(ROOT))
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = MAX_AGE
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.before_request
    def check_access() -> None:
        access.check(
            RequestHead(
                request.method,
                request.scheme,
                request.path,
                request.server,
                request.headers,
                request.remote_addr,
                request.environ["SERVER_PROTOCOL"].removeprefix("HTTP/"),
            )
        )

    @app.after_request
    def log_request(response: Response) -> Response:
        if request.method == "POST" or response.status_code >= 400:
            address, status = request.remote_addr, response.status_code
            log.info("%s %a from %s: %s", request.method, request.path, address, status)
        return response

    app.after_request(encode_content)
    error_views.register(app)
    app.register_blueprint(assets.create_blueprint())
    app.register_blueprint(gallery_views.create_blueprint(images))
    app.register_blueprint(login_views.create_blueprint(access))
    app.register_blueprint(page_views.create_blueprint(dialog, images, posts))
    app.register_blueprint(api_views.create_blueprint(dialog, posts, count_subscribers))
    app.register_blueprint(lab_page_views.create_blueprint(dialog, has_lab=lab is not None))
    if lab:
        app.register_blueprint(lab_views.create_blueprint(lab))
    return app
