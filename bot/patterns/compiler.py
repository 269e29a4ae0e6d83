"""Compiles the pattern language. The head of rules.toml describes it."""

import re
from collections.abc import Mapping

from bot.patterns.elements import (
    Choice,
    ClauseEdge,
    Element,
    Gap,
    Number,
    Prefix,
    SameSentence,
    Wildcard,
    Word,
)
from bot.patterns.pattern import Pattern
from bot.patterns.weight import demanded_words, rarest_keys
from bot.text.spelling import normalize
from bot.text.tokens import tokenize
from bot.text.vocabulary import Vocabulary

MAX_DEPTH = 5  # brackets within brackets
PART = re.compile(r"\.\.\.|[\[\]()|^$#*&]|@\w+|[^\s\[\]()|^$#*&@]+")
CLOSING = {"[": "]", "(": ")"}
SYMBOLS: dict[str, Element] = {
    "...": Gap(),
    "^": ClauseEdge(is_start=True),
    "$": ClauseEdge(is_start=False),
    "#": Number(),
    "&": SameSentence(),
    "*": Wildcard(takes_rest=False),
}


class PatternError(ValueError):
    """The pattern is not valid. The message says why."""


def compile_pattern(source: str, vocabulary: Vocabulary, families: Mapping[str, Choice]) -> Pattern:
    """Return the compiled pattern. `families` maps a @name to its words. Raises PatternError."""
    parser = _Parser(source, vocabulary, families)
    elements = parser.pattern()
    if elements and isinstance(elements[-1], Wildcard):
        elements = (*elements[:-1], Wildcard(takes_rest=True))
    score, keys = demanded_words(elements), rarest_keys(elements)
    if not keys and not score:
        raise PatternError("every word in it is optional; at least one must be required")
    return Pattern(source, elements, score, keys)


def compile_family(source: str, vocabulary: Vocabulary, families: Mapping[str, Choice]) -> Choice:
    """Return the choice that a family of words stands for. Raises PatternError.

    The source has a | between the words, as in "one|another".
    """
    choice = compile_pattern(f"[{source}]", vocabulary, families).elements[0]
    if not isinstance(choice, Choice):
        raise PatternError("it must be a list of words with | between them")
    return choice


class _Parser:
    """Reads the parts of one pattern from left to right."""

    def __init__(self, source: str, vocabulary: Vocabulary, families: Mapping[str, Choice]) -> None:
        self._parts = PART.findall(source)
        self._next = 0
        self._vocabulary = vocabulary
        self._families = families

    def pattern(self) -> tuple[Element, ...]:
        elements = self._sequence(0)
        if self._next < len(self._parts):
            raise PatternError(f'unexpected "{self._parts[self._next]}"')
        return elements

    def _sequence(self, depth: int) -> tuple[Element, ...]:
        """Return the elements up to the bracket or bar that ends them."""
        elements: list[Element] = []
        while self._next < len(self._parts) and self._parts[self._next] not in {"]", ")", "|"}:
            part = self._take()
            if part in CLOSING:
                elements.append(self._choice(part, depth + 1))
            else:
                elements += self._simple(part)
        return tuple(elements)

    def _choice(self, opening: str, depth: int) -> Choice:
        if depth > MAX_DEPTH:
            raise PatternError("too many brackets within brackets")
        options: list[tuple[Element, ...]] = []
        end = "|"
        while end == "|":
            elements = self._sequence(depth)
            if not elements:
                raise PatternError("a choice is empty")
            options.append(elements)
            if self._next == len(self._parts):
                raise PatternError(f'"{opening}" is never closed')
            end = self._take()
        if end != CLOSING[opening]:
            raise PatternError(f'"{opening}" is closed by "{end}"')
        optional = opening == "("
        if optional and any(all(isinstance(e, ClauseEdge) for e in o) for o in options):
            raise PatternError("^ or $ in round brackets has no effect; use square brackets")
        words = frozenset(o[0].word for o in options if len(o) == 1 and isinstance(o[0], Word))
        others = tuple(o for o in options if not (len(o) == 1 and isinstance(o[0], Word)))
        return Choice(words, others, optional)

    def _simple(self, part: str) -> list[Element]:
        if part in SYMBOLS:
            return [SYMBOLS[part]]
        if part.startswith("@"):
            if part[1:] not in self._families:
                raise PatternError(f"there is no word family {part}; add it to [words]")
            return [self._families[part[1:]]]
        if part.endswith("~") and len(part) > 3:
            return [Prefix(normalize(part[:-1]))]
        words = tokenize(part, self._vocabulary).words
        if not words or "~" in part:
            raise PatternError(f'"{part}" is not a word')
        return [Word(word) for word in words]

    def _take(self) -> str:
        self._next += 1
        return str(self._parts[self._next - 1])
