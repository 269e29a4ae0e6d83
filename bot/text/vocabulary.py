"""What a rules file says about words."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Vocabulary:
    """The words of a rules file, and how other spellings of them are read."""

    short_forms: Mapping[str, str] = field(default_factory=dict)  # "u" is read as "you"
    fillers: frozenset[str] = frozenset()  # words that do not count at the edge of a clause
    known: frozenset[str] = frozenset()  # fillers, and words that a pattern names
    correct: frozenset[str] = frozenset()  # real words that are never read as typos
    typo_index: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
