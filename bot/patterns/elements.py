"""The elements of a pattern.

The `step` of an element takes a set of positions in a message. It returns the positions that
follow a match of the element that starts at one of them. A set is one integer, see
`bot.text.tokens`. Matching a pattern is therefore one pass over its elements, without
backtracking, whatever the message contains.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.text.tokens import Tokens

MAX_GAP = 4  # words that "..." can match


@dataclass(frozen=True)
class Word:
    """One whole word."""

    word: str

    def step(self, tokens: Tokens, start: int) -> int:
        """Return the positions after the word."""
        return (start & tokens.positions.get(self.word, 0)) << 1


@dataclass(frozen=True)
class Prefix:
    """A word that starts with `letters`."""

    letters: str

    def step(self, tokens: Tokens, start: int) -> int:
        """Return the positions after such a word."""
        key = id(self)
        if key not in tokens.cache:
            positions = tokens.positions.items()
            tokens.cache[key] = union(at for word, at in positions if word.startswith(self.letters))
        return (start & tokens.cache[key]) << 1


@dataclass(frozen=True)
class Number:
    """A number, in figures or in words."""

    def step(self, tokens: Tokens, start: int) -> int:
        """Return the positions after a number."""
        return (start & tokens.numbers) << 1


@dataclass(frozen=True)
class Gap:
    """Zero to four words within a sentence."""

    def step(self, tokens: Tokens, start: int) -> int:
        """Return `start` and the positions up to four words later."""
        reached = start
        for _ in range(MAX_GAP):
            start = (start << 1) & tokens.inside_sentences
            reached |= start
        return reached & tokens.all_positions


@dataclass(frozen=True)
class SameSentence:
    """Moves to any position of the same sentence, forwards or backwards."""

    def step(self, tokens: Tokens, start: int) -> int:
        """Return all positions of the sentences that contain `start`."""
        return union(sentence for sentence in tokens.sentences if sentence & start)


@dataclass(frozen=True)
class ClauseEdge:
    """The start or the end of a clause."""

    is_start: bool

    def step(self, tokens: Tokens, start: int) -> int:
        """Return the positions of `start` that are such an edge."""
        return start & (tokens.clause_starts if self.is_start else tokens.clause_ends)


@dataclass(frozen=True)
class Wildcard:
    """Any one word; at the end of a pattern, the rest of the message. A reply can repeat it."""

    takes_rest: bool

    def step(self, tokens: Tokens, start: int) -> int:
        """Return the positions after one word, or the end of the message."""
        end = 1 << len(tokens.words)
        if self.takes_rest:
            return end if start & (end - 1) else 0
        return (start & (end - 1)) << 1


@dataclass(frozen=True)
class Choice:
    """One of several alternatives; `optional` if the message may also have none of them."""

    words: frozenset[str]  # the alternatives of one word
    others: tuple[tuple["Element", ...], ...]
    optional: bool

    def step(self, tokens: Tokens, start: int) -> int:
        """Return the positions after any of the alternatives."""
        key = id(self)
        if key not in tokens.cache:
            found = self.words & tokens.positions.keys()
            tokens.cache[key] = union(tokens.positions[word] for word in found)
        reached = (start & tokens.cache[key]) << 1
        for elements in self.others:
            reached |= advance(elements, tokens, start)
        return reached | start if self.optional else reached


Element = Word | Prefix | Number | Gap | SameSentence | ClauseEdge | Wildcard | Choice


def advance(elements: Iterable[Element], tokens: Tokens, start: int) -> int:
    """Return the positions after a match of all elements in a row; 0 if they do not match."""
    for element in elements:
        start = element.step(tokens, start)
        if not start:
            return 0
    return start


def union(positions: Iterable[int]) -> int:
    """Return the union of several sets of positions."""
    total = 0
    for some in positions:
        total |= some
    return total


def words_of(elements: Iterable[Element]) -> Iterator[str]:
    """Yield every whole word that the elements name."""
    for element in elements:
        if isinstance(element, Word):
            yield element.word
        elif isinstance(element, Choice):
            yield from element.words
            for alternative in element.others:
                yield from words_of(alternative)
