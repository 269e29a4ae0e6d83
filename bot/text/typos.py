"""Mends typing slips, towards known words only.

A slip is one letter added, lost or changed, or two neighbouring letters swapped.
"""

from collections.abc import Iterable

from bot.text.vocabulary import Vocabulary

LONGEST_WORD = 20  # letters
LONG_ENOUGH = 4  # letters; in a shorter word, only a swap is mended


def misspelling_index(known: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Map each known word, whole and with any one letter left out, to the words it comes from.

    Two words that differ by one slip share an entry, so a look-up finds all candidates.
    """
    index: dict[str, list[str]] = {}
    for word in sorted(known):
        if word.isalpha() and len(word) <= LONGEST_WORD:
            for form in _deletions(word):
                index.setdefault(form, []).append(word)
    return {form: tuple(words) for form, words in index.items()}


def is_one_slip(a: str, b: str) -> bool:
    """Return whether one slip turns `a` into `b`."""
    pairs = enumerate(zip(a, b, strict=False))
    same = next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))
    x, y = a[same:], b[same:]
    return a != b and y in {y[:1] + x[1:], x[1:], y[:1] + x, x[1::-1] + x[2:]}


def mended(word: str, vocabulary: Vocabulary) -> str:
    """Return the known word that an unknown word is probably a slip of, or the word itself.

    Of several candidates, the word that the topics use most wins.
    """
    if word in vocabulary.known or not 1 < len(word) <= LONGEST_WORD or not word.isalpha():
        return word
    index = vocabulary.misspellings
    candidates = {known for form in _deletions(word) for known in index.get(form, ())}
    plausible = [
        known for known in candidates if is_one_slip(word, known) and _is_plausible(word, known)
    ]
    return min(plausible, key=lambda known: (-vocabulary.known[known], known), default=word)


def _deletions(word: str) -> set[str]:
    """Return the word, and the word with any one letter left out."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def _is_plausible(word: str, known: str) -> bool:
    """Return whether enough of the word is left."""
    return max(len(word), len(known)) >= LONG_ENOUGH or sorted(word) == sorted(known)
