"""Mends typing slips, towards known words only.

A slip is one letter added, lost or changed, two neighbouring letters swapped, or a lost space. Of
several known words, the neighbours decide: "the meaning of lipe" is of life, not of lips.
"""

from collections.abc import Iterable

from bot.text.vocabulary import Vocabulary

LONGEST_WORD = 20  # letters
SHORT = 3  # letters; such a word is mended only if a neighbour supports it, or to swap two
UNSEEN = 0.01  # part of a word's uses that may be next to a neighbour it was never seen with
LOST = 4  # a lost letter or a swap is likelier than one given foreign letter


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


def mended(word: str, vocabulary: Vocabulary, before: str = "", after: str = "") -> str:
    """Return the known words that an unknown word is probably a slip of, or the word itself.

    `before` and `after` are its neighbours in the sentence.
    """
    if word in vocabulary.known or len(word) > LONGEST_WORD or not word.isalpha():
        return word
    index = vocabulary.misspellings
    best, best_value = word, 0.0
    for known in {known for form in _deletions(word) for known in index.get(form, ())}:
        if is_one_slip(word, known):
            read = vocabulary.short_forms.get(known, known)
            first, _, rest = read.partition(" ")
            left = vocabulary.pairs.get((before, first), 0)
            right = vocabulary.pairs.get((rest.rpartition(" ")[2] or first, after), 0)
            if _is_plausible(word, known, left, right) and (known == read or len(known) > SHORT):
                count = vocabulary.known[known]
                value = (left + UNSEEN * count) * (right + UNSEEN * count) / count
                if len(word) < len(known) or sorted(word) == sorted(known):
                    value *= LOST
                if (value, read) > (best_value, best):
                    best, best_value = read, value
    return best if best_value else _split(word, vocabulary)


def _is_plausible(word: str, known: str, left: int, right: int) -> bool:
    """Return whether enough of the word is left, or its neighbours support it."""
    if max(len(word), len(known)) > SHORT or sorted(word) == sorted(known):
        return True
    return bool(left and right) or (len(word) > 1 and bool(left or right))


def _split(word: str, vocabulary: Vocabulary) -> str:
    """Return the two words that follow each other in the topics, if a space was lost."""
    halves = ((word[:i], word[i:]) for i in range(1, len(word)))
    return max(
        (
            (vocabulary.pairs.get(pair, 0), " ".join(pair))
            for pair in halves
            if pair in vocabulary.pairs
        ),
        default=(0, word),
    )[1]


def _deletions(word: str) -> set[str]:
    """Return the word, and the word with any one letter left out."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
