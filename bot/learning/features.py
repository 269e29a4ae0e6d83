"""The features of a sentence: words, families, pairs of words, pieces of words, and rules."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.text.spelling import stem
from bot.text.vocabulary import Vocabulary

PIECE = 4  # letters

Rule = tuple[frozenset[str], ...]  # for each place, the words that may fill it


def features(words: Sequence[str], rules: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Return what a sentence is judged by. `rules` are the names of the rules that it fulfils."""
    stems = [stem(word) for word in words]
    found = dict.fromkeys(stems)
    for word in stems:
        if word in vocabulary.family_of:
            found[vocabulary.family_of[word]] = None
        if len(word) > PIECE:
            found[f"{word[:PIECE]}~"] = None
    canonical = [vocabulary.family_of.get(word, word) for word in stems]
    for first, second in pairwise(["^", *canonical, "$"]):
        found[f"{first} {second}"] = None
    for rule in rules:
        found[rule] = None
    return list(found)


def fulfils(rule: Rule, stems: frozenset[str]) -> bool:
    """Return whether a sentence with these stems has a word for each place of a rule."""
    return not any(place.isdisjoint(stems) for place in rule)
