"""A compiled pattern, and where a message matches it."""

from dataclasses import dataclass

from bot.patterns.elements import (
    Element,
    Gap,
    Number,
    Prefix,
    SameSentence,
    Wildcard,
    Word,
    advance,
    union,
)
from bot.text.tokens import Tokens


@dataclass(frozen=True)
class Pattern:
    """A pattern, ready to be matched."""

    source: str
    elements: tuple[Element, ...]
    score: int  # how many words a message must have to match
    keys: frozenset[str]  # a message that matches contains one of them; a prefix ends in ~

    def matches(self, tokens: Tokens) -> bool:
        """Return whether the message matches anywhere."""
        return bool(advance(self.elements, tokens, tokens.all_positions))


@dataclass(frozen=True)
class Location:
    """Where a pattern matched: from position `start` to position `end`."""

    start: int
    end: int
    words: tuple[str, ...]  # the words that the pattern names
    wildcard: tuple[int, int] = (0, 0)  # the positions around the words matched by *


def locate(pattern: Pattern, tokens: Tokens) -> Location | None:
    """Return the match that ends first, or None if there is no match."""
    steps = [tokens.all_positions]
    for element in pattern.elements:
        steps.append(element.step(tokens, steps[-1]))
        if not steps[-1]:
            return None
    position = _lowest(steps[-1])
    spans: list[tuple[int, int]] = []
    wildcard = (0, 0)
    words: list[str] = []
    for element, before in zip(reversed(pattern.elements), reversed(steps[:-1]), strict=True):
        start = _start_of(element, tokens, before, position)
        if isinstance(element, Wildcard):
            wildcard = (start, position)
        elif not isinstance(element, Gap | SameSentence):
            words[:0] = tokens.words[start:position]
        if not isinstance(element, SameSentence):
            spans.append((start, position))
        position = start
    return Location(min(s for s, _ in spans), max(e for _, e in spans), tuple(words), wildcard)


def _lowest(positions: int) -> int:
    return (positions & -positions).bit_length() - 1


def _start_of(element: Element, tokens: Tokens, before: int, end: int) -> int:
    """Return where the element that ends at `end` starts, if it may start at `before`.

    Of several positions, a gap starts at the last, and the other elements at the first.
    """
    if isinstance(element, Word | Prefix | Number):
        return end - 1
    if isinstance(element, SameSentence):
        return _lowest(before & union(s for s in tokens.sentences if s >> end & 1))
    candidates = [i for i in range(end + 1) if before >> i & 1]
    if isinstance(element, Gap):
        candidates.reverse()
    return next(i for i in candidates if element.step(tokens, 1 << i) >> end & 1)
