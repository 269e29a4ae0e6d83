"""Spelling: case, accents, invisible characters and Russian endings.

Any string can be read. Only its first 2,000 characters count.
"""

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path

MAX_CHARS = 2_000
QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'"})
CYRILLIC = re.compile("[\u0400-\u04ff]")
REPEATED = re.compile(r"(.)\1{2,}")
SHORTEST_STEM = 3  # letters
ENDINGS = sorted(  # longer endings come first
    tomllib.loads((Path(__file__).parent / "endings.toml").read_text("utf-8"))["endings"].split(),
    key=len,
    reverse=True,
)


def normalize(text: str) -> str:
    """Return the text in lower case, without accents, invisible characters and curly quotes."""
    text = text[:MAX_CHARS].translate(QUOTES)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.casefold())[: 2 * MAX_CHARS]
        text = "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Cf", "Cs"})
    return text.lower()


def is_russian(text: str) -> bool:
    """Return whether the text contains a Cyrillic letter."""
    return bool(CYRILLIC.search(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a normalized Russian word without its ending, and any other word as it is.

    A reflexive verb keeps its mark, because its sense may be another one.
    """
    if word.isascii() or not CYRILLIC.match(word):
        return word
    reflexive = ""
    if len(word) > SHORTEST_STEM + 2 and word.endswith(("ся", "сь")):
        word, reflexive = word[:-2], "ся"
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)] + reflexive
    return word + reflexive


def without_repeats(word: str) -> list[str]:
    """Return what a stretched word may stand for: "hellooo" may be "helloo" or "hello"."""
    if not REPEATED.search(word):
        return []
    return [REPEATED.sub(r"\1\1", word), REPEATED.sub(r"\1", word)]
