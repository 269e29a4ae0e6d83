"""Posts: what people write, checked before it becomes a message."""

import json
import unicodedata
from collections.abc import Mapping

from dialog import GUEST, ROBOT, Dialog, Draft
from dialog.message import BLANK, shows_nothing
from web.errors import ApiError, too_many_requests
from web.rate_limit import RateLimit, client_key

LONGEST_TEXT = 2000  # characters
LONGEST_AUTHOR = 40  # characters
LONGEST_NONCE = 100  # characters
LARGEST_BODY = 32 * 1024  # bytes of a request: LONGEST_TEXT characters of 12 bytes fit in
FIELDS = ("text", "author", "nonce", "reply_to")
NO_SUCH_MESSAGE = "no_such_message"  # the code of the error for an unknown reply_to
SECONDS_OF_BURST = 10  # a client may send the posts of 10 seconds at once

# Letters of other alphabets, digits and small capitals that look like those of the robot's name,
# in lower case: Greek, Cyrillic, Armenian, Cherokee, Lisu, Coptic, Georgian, Hebrew and others.
SIMILAR = {
    "r": (
        "\u0433\u1d26\u0280\uab71\uab81\u13a1\u13d2\uab47\uab48\u027e\u027c\u1d73\ua4e3\u1587"
        "\u2c85\u0281\u1d72\u042f\u044f\U000118e4"
    ),
    "o": (
        "0\u13be\u03bf\u043e\u0585\u1d0f\u1d11\u2c9f\u10ff\u05e1\u0665\u06f5\u3007\ua4f3"
        "\u0ae6\u0966\u0be6\u0c66\u0d66\u0e50\u101d\u12d0\u2d54\u00f8\u0275\u0473\u04e9\u0298"
        "\u25cb\u25ef\u2b55\u06c1\u0647\u1040\ufba7\U00010404\U0001042c\ua64b"
    ),
    "b": (
        "8\u03b2\u0432\u044c\u0299\u13cf\uab9f\u13f4\u13fc\ua4d0\u15f7\u0253\u0183\u0185"
        "\u2c83\u10be\u0462\u0463\u1472\u042a\u044a\u00df\U00010282"
    ),
    "t": (
        "7\u03c4\u0442\u1d1b\uab7b\u13a2\uab72\ua4d4\u2ca7\u03ef\u01ad\u0288\u0163\u22a4"
        "\u27d9\u04ad\u0167\u0236\u2d15\U000102b1"
    ),
}
LOOKALIKES = str.maketrans({c: letter for letter, similar in SIMILAR.items() for c in similar})


class PostChecker:
    """Turns posts into drafts of messages, `rate` a second from one client; 0 is no limit.

    Safe between threads.
    """

    def __init__(self, rate: float) -> None:
        self._rate_limit = RateLimit(burst=max(1, int(rate * SECONDS_OF_BURST)), rate=rate)

    def draft(self, dialog: Dialog, address: str | None, fields: Mapping[str, str | None]) -> Draft:
        """Return the draft of a message for `dialog` from the client at `address`.

        `fields` holds the FIELDS of a post, which may be None. Raises ApiError, Unavailable.
        """
        if wait := self._rate_limit.take(client_key(address)):
            raise too_many_requests(wait, "You are sending messages too fast.")
        text, author, nonce, reply_to = (fields[name] or "" for name in FIELDS)
        author = " ".join(author.split())
        _check(text, author, nonce)
        author = "".join(character for character in author if character.isprintable())
        if _skeleton(author) == _skeleton(ROBOT):
            raise ApiError(
                400, "robots_name", f"Only the robot may be called {author}. Choose another name."
            )
        if reply_to and not dialog.message(reply_to):
            raise ApiError(
                400,
                NO_SUCH_MESSAGE,
                "The message that you reply to no longer exists. Send yours without the reply.",
            )
        return Draft(text, author=author or GUEST, nonce=nonce or None, reply_to=reply_to or None)


def fields_from_json(body: bytes) -> dict[str, str | None]:
    """Return the FIELDS in the JSON of a post. Ignores its other fields.

    Raises ApiError.
    """
    try:
        fields = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_json", "The body must be JSON in UTF-8.") from None
    if not isinstance(fields, dict):
        raise ApiError(400, "bad_json", 'The body must be an object such as {"text": "hello"}.')
    post = {name: fields.get(name) for name in FIELDS}
    for name, value in post.items():
        if not isinstance(value, str | None):
            raise ApiError(400, "bad_type", f"{name} must be a string.")
    return post


def _check(text: str, author: str, nonce: str) -> None:
    if shows_nothing(text):
        raise ApiError(400, "empty", "Write a message first.")
    for name, value, longest in (
        ("message", text, LONGEST_TEXT),
        ("name", author, LONGEST_AUTHOR),
        ("nonce", nonce, LONGEST_NONCE),
    ):
        if (excess := len(value) - longest) > 0:
            characters = "character" if excess == 1 else "characters"
            raise ApiError(
                413,
                "too_long",
                f"Your {name} is {excess:,} {characters} too long (limit {longest:,}).",
            )
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise ApiError(400, "bad_text", f"Your {name} contains half a character (a surrogate).")


def _skeleton(name: str) -> str:
    """Return the letters of a name as people see them, to compare it with another name."""
    letters = unicodedata.normalize("NFKD", name).casefold().translate(LOOKALIKES)
    return "".join(c for c in letters if c.isalnum() and c not in BLANK)
