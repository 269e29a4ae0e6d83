"""A message, its line in the file, and a page of messages as clients get it.

The line is JSON with readable letters, so that `tail -f` shows what was said. Everything that
does not print is escaped: a message can neither end its line early nor steer a terminal.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

log = logging.getLogger(__name__)

GUEST = "Guest"  # the author of a message that names none
ROBOT = "Robot"

# Of either store: who comes back with a cursor of the other one is to load the dialog anew.
CURSOR = re.compile(r"(0|[1-9][0-9]{0,17})-([0-9a-f]{16}|0|[1-9][0-9]{0,17})")
REPORTED = 10_000  # bad lines remembered, so as to log each once

# The longest message that the server takes has 2,000 characters of 12 bytes ("\ud83d\ude00").
LONGEST_LINE = 32 * 1024  # bytes


@dataclass(frozen=True)
class Message:
    """One message of the dialog.

    `id` follows from where its line stands. `time` is UTC in RFC 3339, or empty where a person
    wrote the line and left it out. `role` is "user" or "robot". `nonce` is not for other clients.
    `copy_of` is its id in the dialog that it was copied from; `answered` tells that a copy was
    replied to there.
    """

    id: str
    time: str
    role: str
    author: str
    text: str
    reply_to: str | None = None
    nonce: str | None = None
    copy_of: str | None = None
    answered: bool = False

    def public(self) -> dict[str, str]:
        """The message as clients see it, ready for JSON."""
        fields = {
            "id": self.id,
            "time": self.time,
            "role": self.role,
            "author": self.author,
            "text": self.text,
        }
        return fields | ({"reply_to": self.reply_to} if self.reply_to else {})


class Draft(NamedTuple):
    """A message that is to be appended. Its time is now, unless it is given."""

    text: str
    role: str = "user"
    author: str = GUEST
    reply_to: str | None = None
    nonce: str | None = None
    time: str | None = None
    copy_of: str | None = None
    answered: bool = False

    def fields(self) -> dict[str, str | None]:
        """Return what is stored, in the order that people read it in."""
        return {
            "time": self.time,
            "role": self.role,
            "author": self.author,
            "text": self.text,
            "reply_to": self.reply_to,
            "nonce": self.nonce,
            "copy_of": self.copy_of,
            "answered": "yes" if self.answered else None,
        }


@dataclass(frozen=True)
class Page:
    """Messages in the order of the dialog, and where to go on reading.

    `next` is the cursor for the same question again; `more` says that asking at once pays.
    """

    messages: tuple[Message, ...]
    next: str
    more: bool

    @cached_property
    def json(self) -> bytes:
        """The page as JSON in UTF-8. Encoded once, however many clients wait for it."""
        messages = [message.public() for message in self.messages]
        return to_json({"messages": messages, "next": self.next, "more": self.more})


def to_json(value: Mapping[str, object]) -> bytes:
    """Return `value` as JSON in UTF-8 without spaces; ValueError if a surrogate stands alone."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def timestamp(ago: float = 0.0) -> str:
    """Return the time `ago` seconds before now, as the dialog has it: later ones sort later."""
    time = datetime.now(UTC) - timedelta(seconds=ago)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_line(fields: Mapping[str, str | None]) -> bytes:
    r"""Return one whole line, newline included; fields that are None are left out."""
    text = json.dumps({k: v for k, v in fields.items() if v is not None}, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in text).encode() + b"\n"


def from_line(line: bytes, id_: str) -> Message:
    """Read one line, whoever wrote it. ValueError: it is no message."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE} bytes")
    try:
        fields = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    return from_fields(fields, id_)


def from_fields(fields: Mapping[str, Any], id_: str) -> Message:
    """Make a message of what was stored: only `text` is required. ValueError: it is none."""
    text = _string(fields, "text")
    if not text.strip():
        raise ValueError("no text")
    role = "robot" if fields.get("role") == "robot" else "user"
    return Message(
        id=id_,
        time=_string(fields, "time"),
        role=role,
        author=_string(fields, "author") or (ROBOT if role == "robot" else GUEST),
        text=text,
        reply_to=_string(fields, "reply_to") or None,
        nonce=_string(fields, "nonce") or None,
        copy_of=_string(fields, "copy_of") or None,
        answered=bool(_string(fields, "answered")),
    )


class Skipped:
    """Says in the log what was no message, once of each."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._reported: set[str] = set()

    def report(self, id_: str, why: ValueError) -> None:
        """Say that what ends at `id_` was skipped."""
        if id_ in self._reported:
            return
        if len(self._reported) >= REPORTED:
            self._reported.clear()  # a store of rubbish may be reported again, not fill memory
        self._reported.add(id_)
        log.warning("%s: skipped what ends at %s: %s", self._where, id_, why)


def _string(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        return ""
    value.encode()  # a lone surrogate cannot be sent to anyone: UnicodeEncodeError, a ValueError
    return value


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
