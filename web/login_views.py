"""The login page of a chat with a password."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.access import COOKIE, COOKIE_AGE, AccessControl
from web.errors import ApiError

View = str | Response | tuple[str, int, Mapping[str, str]]


def create_blueprint(access: AccessControl) -> Blueprint:
    """Return the views that ask for the password and check it."""
    blueprint = Blueprint("login", __name__)

    @blueprint.get("/login")
    def show() -> View:
        if not access.has_password:
            return redirect(url_for("page.show"), 303)
        return render_template("login.html", error="")

    @blueprint.post("/login")
    def log_in() -> View:
        try:
            cookie = access.log_in(request.form.get("password", ""), request.remote_addr)
        except ApiError as error:
            html = render_template("login.html", error=error.message)
            return html, error.status, error.headers
        response = redirect(url_for("page.show"), 303)
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
        return response

    return blueprint
