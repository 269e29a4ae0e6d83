"""What the robot says if a message has no topic: an echo, an offer, or a sober sentence."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.text.spelling import normalize

FILE = Path(__file__).parent / "fallback.toml"
MAX_ECHO_WORDS = 12
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
SPELLED_OUT = {"i'm": "i am", "you're": "you are", "i'd": "i would"}


@dataclass(frozen=True)
class Fallback:
    """The texts of fallback.toml."""

    replies: tuple[str, ...]
    after_care: tuple[str, ...]  # shortly after a person in need wrote
    doubt: tuple[str, ...]  # in doubt between two topics
    mirror: Mapping[str, str]  # "my" -> "your"
    echoes: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]  # how messages start, and replies


@cache
def fallback() -> Fallback:
    """Return the texts of fallback.toml."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    return Fallback(
        replies=tuple(data["reply"]),
        after_care=tuple(data["after_care"]),
        doubt=tuple(data["doubt"]),
        mirror=data["mirror"],
        echoes=tuple((tuple(echo["start"]), tuple(echo["reply"])) for echo in data["echo"]),
    )


def echo(text: str) -> tuple[tuple[str, ...], str]:
    """Return the replies that repeat a message, and the words to repeat; both may be empty."""
    words = [
        part
        for word in WORD.findall(normalize(text))
        for part in SPELLED_OUT.get(word, word).split()
    ]
    for starts, replies in fallback().echoes:
        for start in starts:
            length = len(start.split())
            if words[:length] == start.split() and len(words) > length:
                repeated = words[length : length + MAX_ECHO_WORDS]
                return replies, " ".join(fallback().mirror.get(word, word) for word in repeated)
    return (), ""
