"""Errors that become HTTP statuses, for Flask and for the delivery methods alike."""

import math
from http import HTTPStatus

from dialog import (
    BadCursor,
    Busy,
    CursorGone,
    DialogError,
    DiskFull,
    Unavailable,
    to_json,
)

# Not cached, because every response of the API changes with the next message.
JSON_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}

HEADERS_BY_STATUS = {
    401: {"WWW-Authenticate": "Cookie"},  # "Basic" would make browsers open their own dialog
    405: {"Allow": "GET"},
    408: {"Connection": "close"},
    503: {"Retry-After": "1"},  # seconds
}

STATUS_AND_CODE: dict[type[DialogError], tuple[int, str]] = {
    BadCursor: (400, "bad_cursor"),
    CursorGone: (410, "cursor_gone"),
    Busy: (503, "busy"),
    Unavailable: (503, "unavailable"),
    DiskFull: (507, "disk_full"),
}


class ApiError(Exception):
    """A request that fails: the status, a code for programs and a message for people."""

    def __init__(self, status: int, code: str, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(HEADERS_BY_STATUS.get(status, {}))
        if retry_after:
            self.headers["Retry-After"] = str(retry_after)

    @property
    def title(self) -> str:
        """The status in words, such as "Not Found"."""
        return HTTPStatus(self.status).phrase

    @property
    def json(self) -> bytes:
        """The error as JSON in UTF-8."""
        return to_json({"error": {"code": self.code, "message": self.message}})


def api_error(error: ApiError | DialogError) -> ApiError:
    """Return the ApiError for an error of the dialog."""
    if isinstance(error, ApiError):
        return error
    kinds = type(error).__mro__
    status, code = next(STATUS_AND_CODE[kind] for kind in kinds if kind in STATUS_AND_CODE)
    return ApiError(status, code, str(error))


def too_many_requests(seconds: float, message: str) -> ApiError:
    """Return a 429 that tells the client how long to wait."""
    wait = math.ceil(seconds)
    return ApiError(429, "rate_limited", f"{message} Try again in {wait} s.", retry_after=wait)
