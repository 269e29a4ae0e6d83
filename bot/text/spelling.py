"""Spelling: case, accents, invisible characters and short forms.

Any string can be read. Only its first 2,000 characters count.
"""

import re
import unicodedata
from collections.abc import Iterator

from bot.text.vocabulary import Vocabulary

MAX_CHARS = 2_000
QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'"})
CYRILLIC = re.compile("[\u0400-\u04ff]")
DIGITS_OR_LETTERS = re.compile(r"\d+|\D+")
REPEATED = re.compile(r"(.)\1{2,}")


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


def spell_out(token: str, vocabulary: Vocabulary) -> str:
    """Return the words of a token: "what's" and "whats" are "what is", "hellooo" is "hello"."""
    for form in _forms(token):
        if form in vocabulary.short_forms:
            return vocabulary.short_forms[form]
        if form in vocabulary.known:
            return form
    if "'" in token:
        stem, _, ending = token.partition("'")
        return stem if ending == "s" else token.replace("'", "")
    return token if token.isalpha() else " ".join(DIGITS_OR_LETTERS.findall(token))


def _forms(token: str) -> Iterator[str]:
    yield token
    if "'" in token:
        yield token.replace("'", "")
    if REPEATED.search(token):
        yield REPEATED.sub(r"\1\1", token)
        yield REPEATED.sub(r"\1", token)
