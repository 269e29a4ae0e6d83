"""Messages, pages of messages, and the JSON line that stores a message.

A line keeps its letters readable, so `tail -f` shows what people wrote. Every character that does
not print is escaped, so a message can neither end its line early nor control a terminal.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

log = logging.getLogger(__name__)

GUEST = "Guest"  # the author of a message without a name
ROBOT = "Robot"
FIELDS = frozenset({"time", "role", "author", "text", "reply_to", "nonce"})
NO_EXTRA: Mapping[str, str] = MappingProxyType({})

# Characters that Python calls printable, but that show nothing: fillers and joiners of Hangul,
# Khmer and Braille, and selectors of variants.
BLANK = frozenset("\u2800\u3164\u115f\u1160\uffa0\u034f\u17b4\u17b5\U0001d159")
SELECTORS = re.compile("[\ufe00-\ufe0f\u180b-\u180f\U000e0100-\U000e01ef]")
# A sequence that sets a colour, moves the cursor or names the window of a terminal.
ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)

# The longest message that the server accepts has 2,000 characters of 12 bytes ("\ud83d\ude00").
LONGEST_LINE = 32 * 1024  # bytes
MOST_REPORTED = 1000  # skipped entries that are logged, because memory and time are limited


@dataclass(frozen=True)
class Message:
    """One message of the dialog.

    `id` follows from the position of the message in its store. `time` is UTC in RFC 3339; it is
    empty if a line written by hand has none. `role` is "user" or "robot". Other clients never see
    `nonce` and `extra`. `extra` holds the other fields of the line that are strings.
    """

    id: str
    time: str
    role: str
    author: str
    text: str
    reply_to: str | None = None
    nonce: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    def public(self) -> dict[str, str]:
        """Return the fields that clients see, ready for JSON."""
        fields = {
            "id": self.id,
            "time": self.time,
            "role": self.role,
            "author": self.author,
            "text": self.text,
        }
        return fields | ({"reply_to": self.reply_to} if self.reply_to else {})


class Draft(NamedTuple):
    """A message that is not appended yet. A draft without a time gets the time of the append."""

    text: str
    role: str = "user"
    author: str = GUEST
    reply_to: str | None = None
    nonce: str | None = None
    time: str | None = None
    extra: Mapping[str, str] = NO_EXTRA

    def fields(self) -> dict[str, str | None]:
        """Return the stored fields, in an order that suits human readers."""
        return {
            "time": self.time,
            "role": self.role,
            "author": self.author,
            "text": self.text,
            "reply_to": self.reply_to,
            "nonce": self.nonce,
            **self.extra,
        }


@dataclass(frozen=True)
class Page:
    """Consecutive messages, and the cursor at which reading continues.

    `more` is true if another read at `next` returns messages at once.
    """

    messages: tuple[Message, ...]
    next: str
    more: bool

    @cached_property
    def json(self) -> bytes:
        """The page as JSON in UTF-8, encoded once for all subscribers."""
        messages = [message.public() for message in self.messages]
        return to_json({"messages": messages, "next": self.next, "more": self.more})


def to_json(value: Mapping[str, object]) -> bytes:
    """Return `value` as compact JSON in UTF-8. Raises ValueError for a lone surrogate."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def timestamp(ago: float = 0.0) -> str:
    """Return the time `ago` seconds before now, in the format of messages, which sorts by time."""
    return format_time(datetime.now(UTC) - timedelta(seconds=ago))


def format_time(time: datetime) -> str:
    """Return a UTC time in RFC 3339 with milliseconds."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_line(fields: Mapping[str, str | None]) -> bytes:
    r"""Return one line, including its newline. Fields that are None are left out."""
    text = json.dumps({k: v for k, v in fields.items() if v is not None}, ensure_ascii=False)
    if text.isprintable():
        return text.encode() + b"\n"  # most lines; a look at each character doubles the cost
    return "".join(c if c.isprintable() else _escaped(c) for c in text).encode() + b"\n"


def from_line(line: bytes, id_: str) -> Message:
    """Return the message in one line. Raises ValueError if it is not a message."""
    if line.lstrip()[:1] != b"{":
        raise ValueError("not an object")  # found out before the slower parser, as junk can be long
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE} bytes")
    try:
        fields = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    return from_fields(fields, id_)


def shows_nothing(text: str) -> bool:
    """Return whether a text has no visible character, such as spaces or escape sequences alone."""
    if text[:1].isascii() and text[:1].isalnum():
        return False  # most messages: this is called for every line that is read
    text = ESCAPE_SEQUENCE.sub("", text)
    return not any(c.isprintable() and not c.isspace() and not _is_blank(c) for c in text)


def _is_blank(character: str) -> bool:
    return character in BLANK or bool(SELECTORS.match(character))


def from_fields(fields: Mapping[str, Any], id_: str) -> Message:
    """Return the message with these fields. Raises ValueError if `text` shows nothing."""
    text = _string(fields, "text")
    if shows_nothing(text):
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
        extra={k: v for k, v in fields.items() if k not in FIELDS and isinstance(v, str)},
    )


class SkipLog:
    """Logs each skipped entry of a store once, and only the first MOST_REPORTED of them."""

    def __init__(self, store: str) -> None:
        self._store = store
        self._reported: set[str] = set()

    def report(self, id_: str, reason: ValueError) -> None:
        """Log that the entry that ends at `id_` is not a message."""
        if id_ in self._reported or len(self._reported) >= MOST_REPORTED:
            return
        self._reported.add(id_)
        log.warning("%s: skipped the entry that ends at %s: %s", self._store, id_, reason)
        if len(self._reported) == MOST_REPORTED:
            log.warning("%s: further entries are skipped without a line in this log.", self._store)


def _string(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        return ""
    value.encode()  # a lone surrogate cannot be sent: UnicodeEncodeError is a ValueError
    return value


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
