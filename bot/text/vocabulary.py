"""The words that the robot knows, and how other spellings of them are read."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from bot.text.spelling import normalize, stem

WORDS = Path(__file__).parent / "words.toml"


@dataclass(frozen=True)
class Vocabulary:
    """Short forms, fillers, families of similar words, and the words of all topics."""

    short_forms: Mapping[str, str]  # "u" is read as "you"
    fillers: frozenset[str]  # words that carry no meaning at the edge of a sentence
    common: frozenset[str]  # words that belong to every topic, such as "the"
    families: Mapping[str, frozenset[str]]  # by name, without the @
    subjects: frozenset[str]  # the families of what no topic is about
    family_of: Mapping[str, str]  # each word of a family -> its name, with the @
    known: Mapping[str, int] = field(default_factory=dict)  # how often the topics use a word
    misspellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # see typos.py
    # How often the topics use a word right before another. The edges of a sentence are "".
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def with_words(
        self,
        counts: Mapping[str, int],
        misspellings: Mapping[str, tuple[str, ...]],
        pairs: Mapping[tuple[str, str], int],
    ) -> "Vocabulary":
        """Return this vocabulary with the words of the topics."""
        return replace(self, known=counts, misspellings=misspellings, pairs=pairs)

    def base_words(self) -> Iterable[str]:
        """Yield the words that are known without any topic."""
        yield from self.fillers
        yield from self.common
        yield from self.family_of
        for short, long in self.short_forms.items():
            yield short
            yield from long.split()


@cache
def base_vocabulary() -> Vocabulary:
    """Return what words.toml says."""
    data = tomllib.loads(WORDS.read_text("utf-8"))
    families = {
        name: frozenset(stem(normalize(word)) for word in words.split())
        for name, words in (data["family"] | data["subject"]).items()
    }
    family_of: dict[str, str] = {}
    for name, members in families.items():
        for word in members:
            family_of.setdefault(word, f"@{name}")
    return Vocabulary(
        short_forms={
            normalize(short): normalize(long)
            for long, shorts in data["short"].items()
            for short in shorts.split()
        },
        fillers=frozenset(map(normalize, data["filler"].split())),
        common=frozenset(stem(normalize(word)) for word in data["common"].split()),
        families=families,
        subjects=frozenset(data["subject"]),
        family_of=family_of,
    )
