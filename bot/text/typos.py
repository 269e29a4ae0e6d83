"""Finds the known words that a misspelt word may stand for.

A typo is one letter added, lost or changed, or two neighbouring letters swapped.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.text.tokens import Tokens
from bot.text.vocabulary import Vocabulary

MAX_CORRECTED = 24  # misspelt words corrected in a message; bounds the work on gibberish
LONGEST_WORD = 20  # letters


def typo_index(known: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Map each known word, whole and with any one letter left out, to the words it comes from.

    Two words that differ by one typo share an entry, so a look-up finds all candidates.
    """
    index: dict[str, list[str]] = {}
    for word in sorted(known):
        if word.isalpha():
            for form in _deletions(word):
                index.setdefault(form, []).append(word)
    return {form: tuple(words) for form, words in index.items()}


def is_one_typo(a: str, b: str) -> bool:
    """Return whether one typo turns `a` into `b`."""
    pairs = enumerate(zip(a, b, strict=False))
    same = next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))
    x, y = a[same:], b[same:]
    return a != b and y in {y[:1] + x[1:], x[1:], y[:1] + x, x[1::-1] + x[2:]}


def corrections(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return the known words that `word` may be a typo of."""
    if not 1 < len(word) <= LONGEST_WORD or word in vocabulary.correct or not word.isalpha():
        return []
    index = vocabulary.typo_index
    candidates = {known for form in _deletions(word) for known in index.get(form, ())}
    return [known for known in sorted(candidates) if is_one_typo(word, known)]


def with_corrections(tokens: Tokens, vocabulary: Vocabulary, *, short_words: bool) -> Tokens | None:
    """Return the tokens with each unknown word also counted as the words it may be a typo of.

    `short_words` includes words of up to three letters, as in "hw old aer yo". Returns None if
    no word can be corrected.
    """
    positions = dict(tokens.positions)
    starts, ends = tokens.clause_starts, tokens.clause_ends
    unknown = [word for word in tokens.positions if word not in vocabulary.known]
    for word in unknown[:MAX_CORRECTED]:
        for correction in corrections(word, vocabulary):
            if short_words or _is_plausible(word, correction):
                known = vocabulary.short_forms.get(correction, correction)
                positions[known] = positions.get(known, 0) | tokens.positions[word]
                if known in vocabulary.fillers or not known:
                    # Like a filler, the word does not count at the edge of a clause.
                    starts |= (starts & tokens.positions[word]) << 1
                    ends |= (ends >> 1) & tokens.positions[word]
    if positions == tokens.positions:
        return None
    return replace(tokens, positions=positions, clause_starts=starts, clause_ends=ends, cache={})


def _deletions(word: str) -> set[str]:
    """Return the word, and the word with any one letter left out."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def _is_plausible(word: str, known: str) -> bool:
    """Return whether the typo leaves enough of the word: in three letters, only a swap does."""
    return (len(known) >= 4 and len(word) >= 3) or sorted(word) == sorted(known)
