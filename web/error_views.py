"""Errors as Flask answers them: JSON for programs, a page for people."""

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from dialog import DialogError
from web.errors import JSON_HEADERS, ApiError, api_error

PATHS_FOR_PROGRAMS = ("/messages", "/healthz", "/lab")


def register(app: Flask) -> None:
    """Let the application turn every error into a response."""

    @app.errorhandler(ApiError)
    @app.errorhandler(DialogError)
    def respond(failure: ApiError | DialogError) -> BaseResponse:
        error = api_error(failure)
        # Without a valid host, Flask cannot build the addresses that a page contains.
        is_bad_host = isinstance(request.routing_exception, BadHost)
        if is_bad_host or request.path.startswith(PATHS_FOR_PROGRAMS):
            return Response(error.json, error.status, JSON_HEADERS | error.headers)
        if error.status == 401 and request.method == "GET":
            return redirect(url_for("login.show"), 303)
        return Response(render_template("error.html", error=error), error.status, error.headers)

    @app.errorhandler(HTTPException)
    def respond_to_http_error(error: HTTPException) -> BaseResponse:
        code = error.name.lower().replace(" ", "_")
        description = error.description or error.name
        response = respond(ApiError(error.code or 500, code, description))
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(error.valid_methods or ())
        return response
