"""The HTTP contract: what the Flask views and the connections that wait have in common.

Parameters in; JSON and errors out, each error with its status, a code for programs and a message
for people.
"""

import json
import math
import unicodedata
from collections.abc import Mapping

from dialog import (
    GUEST,
    ROBOT,
    BadCursor,
    Busy,
    CursorGone,
    DialogError,
    DiskFull,
    Draft,
    Unavailable,
    to_json,
)
from web.rate_limit import Limit, source

LONGEST_TEXT = 2000  # characters
LONGEST_AUTHOR = 40
LONGEST_NONCE = 100
MOST_MESSAGES = 500  # in one answer
LONGEST_WAIT = 25.0  # seconds; Heroku's router gives up at 30
POSTS = 10.0  # a second from one address, after a burst of ten times as many
LARGEST_BODY = 32 * 1024  # bytes of a request

# Every answer of the API changes with the next message.
HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}
MORE_HEADERS = {
    401: {"WWW-Authenticate": "Cookie"},  # not Basic: browsers would ask in a window of their own
    405: {"Allow": "GET"},
    408: {"Connection": "close"},
    503: {"Retry-After": "1"},  # seconds
}


class Refused(Exception):
    """A request that is not served: the status, a code for programs, a message for people."""

    def __init__(self, status: int, code: str, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(MORE_HEADERS.get(status, {}))  # what the client can do instead
        if retry_after:
            self.headers["Retry-After"] = str(retry_after)

    @property
    def json(self) -> bytes:
        """The error as JSON in UTF-8."""
        return to_json({"error": {"code": self.code, "message": self.message}})


STATUS: dict[type[DialogError], tuple[int, str]] = {
    BadCursor: (400, "bad_cursor"),
    CursorGone: (410, "cursor_gone"),
    Busy: (503, "busy"),
    Unavailable: (503, "unavailable"),
    DiskFull: (507, "disk_full"),
}


def refusal(error: DialogError) -> Refused:
    """Return what an error of the dialog means for the one who asked."""
    status, code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return Refused(status, code, str(error))


def too_fast(seconds: float, message: str) -> Refused:
    """Return what somebody hears who may go on in so many seconds only."""
    wait = math.ceil(seconds)
    return Refused(429, "rate_limited", f"{message} Try again in {wait} s.", retry_after=wait)


def limit_from(args: Mapping[str, str], default: int) -> int:
    """Return how many messages the client wants, MOST_MESSAGES at most."""
    limit = args.get("limit", str(default))
    if not (limit.isascii() and limit.isdigit() and limit.strip("0")):
        raise Refused(400, "bad_limit", "limit is a whole number from 1.")
    return int(limit) if len(limit) < 5 else MOST_MESSAGES


def timeout_from(args: Mapping[str, str]) -> float:
    """Return how many seconds the client wants to wait, LONGEST_WAIT at most."""
    try:
        timeout = float(args.get("timeout", LONGEST_WAIT))
    except ValueError:
        timeout = math.nan
    if not timeout >= 0:
        raise Refused(400, "bad_timeout", "timeout is a number of seconds, 0 or more.")
    return min(timeout, LONGEST_WAIT)


def post_from(body: bytes) -> dict[str, str | None]:
    """Return text, author and nonce from the JSON of a post. What else it has is not looked at."""
    try:
        fields = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "bad_json", "The body must be JSON in UTF-8.") from None
    if not isinstance(fields, dict):
        raise Refused(400, "bad_json", 'The body must be an object such as {"text": "hello"}.')
    post = {name: fields.get(name) for name in ("text", "author", "nonce")}
    for name, value in post.items():
        if not isinstance(value, str | None):
            raise Refused(400, "bad_type", f"{name} must be a string.")
    return post


class Posts:
    """Looks at what people write: `rate` messages a second from one address; 0: any number.

    A burst of ten times as many is taken at once. Safe between threads.
    """

    def __init__(self, rate: float) -> None:
        self._limit = Limit(burst=max(1, int(rate * 10)), rate=rate)

    def draft(
        self,
        address: str | None,
        text: str | None,
        author: str | None = None,
        nonce: str | None = None,
    ) -> Draft:
        """Return what a user wrote, if it can be a message. Refused."""
        if wait := self._limit.take(source(address)):
            raise too_fast(wait, "Too many messages.")
        text, author, nonce = text or "", " ".join((author or "").split()), nonce or ""
        check(text, author, nonce)
        author = "".join(c for c in author if c.isprintable())
        if _looks_like(author, ROBOT):
            raise Refused(
                400, "robots_name", f"Only the robot is called {author}. Choose another name."
            )
        return Draft(text, author=author or GUEST, nonce=nonce or None)


def check(text: str, author: str, nonce: str) -> None:
    """Check what is to become a message. Refused."""
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise Refused(400, "empty", "Write something first: an empty message says nothing.")
    for name, value, longest in (
        ("message", text, LONGEST_TEXT),
        ("name", author, LONGEST_AUTHOR),
        ("nonce", nonce, LONGEST_NONCE),
    ):
        if len(value) > longest:
            raise Refused(
                413,
                "too_long",
                f"The {name} has {len(value):,} characters; {longest:,} are possible.",
            )
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise Refused(400, "bad_text", f"The {name} has half a character in it (a surrogate).")


# Letters that look like those of the robot's name: digits, Greek, Cyrillic.
ALIKE = str.maketrans("0οоօгβвьтτ", "oooorbbbtt")  # noqa: RUF001


def _looks_like(name: str, other: str) -> bool:
    """Whether people could take one name for the other."""

    def seen(name: str) -> str:
        letters = unicodedata.normalize("NFKD", name).casefold().translate(ALIKE)
        return "".join(c for c in letters if c.isalnum())

    return seen(name) == seen(other)
