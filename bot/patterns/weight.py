"""How specific a pattern is, and which words to look it up by."""

from collections.abc import Sequence

from bot.patterns.elements import Choice, Element, Number, Prefix, Word

COMMON_WORDS = """
a am an and are be can could do does for give have how i in is it know let me my name need of on
show tell that the this to want was what when where which who will with would you your"""
COMMON = frozenset(COMMON_WORDS.split())
COMMON_COST = 50  # a common word leads to as many useless look-ups as this many rare ones


def demanded_words(elements: Sequence[Element]) -> int:
    """Return the least number of words that a message needs to match all elements."""
    return sum(map(_demanded, elements))


def rarest_keys(elements: Sequence[Element]) -> frozenset[str]:
    """Return words of which every match contains at least one. A prefix ends in ~.

    Chooses the element with the fewest and rarest such words. Returns an empty set if no element
    has any.
    """
    candidates = [keys for element in elements if (keys := _keys(element))]
    return min(candidates, key=_cost, default=frozenset())


def _demanded(element: Element) -> int:
    if isinstance(element, Word | Prefix | Number):
        return 1
    if isinstance(element, Choice) and not element.optional:
        return min([1] * bool(element.words) + [demanded_words(other) for other in element.others])
    return 0


def _keys(element: Element) -> frozenset[str]:
    """Return words of which every match of the element contains one, or an empty set."""
    if isinstance(element, Word):
        return frozenset({element.word})
    if isinstance(element, Prefix):
        return frozenset({element.letters + "~"})
    if isinstance(element, Choice) and not element.optional:
        others = [rarest_keys(other) for other in element.others]
        if all(others):
            return element.words.union(*others)
    return frozenset()


def _cost(keys: frozenset[str]) -> int:
    return sum(COMMON_COST if word in COMMON else 1 for word in keys)
