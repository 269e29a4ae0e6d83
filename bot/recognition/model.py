"""The topics in memory, as their files describe them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.learning.features import Rule
from bot.learning.learner import Weights
from bot.text.vocabulary import Vocabulary

OTHER = "other"  # the folder whose files hold sentences without a topic


@dataclass(frozen=True)
class Line:
    """One line of `examples` or `not`, with where it stands."""

    text: str
    path: Path
    number: int


@dataclass(frozen=True)
class FollowUp:
    """What continues a topic, such as "and tomorrow?", and the replies to it."""

    rule: Rule
    replies: tuple[str, ...]


@dataclass
class Topic:
    """One topic, from all files of its name."""

    name: str
    counts_as: str  # the topic that `bot.topic` returns for it
    is_courtesy: bool = False  # such as a greeting; any other topic of a message counts more
    is_personal: bool = False  # such as "you are funny"; in company, it may be for other people
    is_care: bool = False  # a person in need; one rule decides, and nothing else is answered
    rules: dict[str, Rule] = field(default_factory=dict)  # by their line in `words`
    examples: list[Line] = field(default_factory=list)
    counterexamples: list[Line] = field(default_factory=list)  # the `not` lines
    replies: list[str] = field(default_factory=list)  # in all languages
    titles: list[str] = field(default_factory=list)  # how the robot calls the topic, as "my age"
    offers: list[str] = field(default_factory=list)  # what "I can ..." says of it
    follow_ups: list[FollowUp] = field(default_factory=list)
    words: frozenset[str] = frozenset()  # the stems that fit the topic


@dataclass(frozen=True, eq=False)
class Topics:
    """All topics, and what was learnt from them. Equal only to itself, so a cache can use it."""

    by_name: Mapping[str, Topic]
    vocabulary: Vocabulary
    weights: Weights = field(repr=False)
    rule_index: Mapping[str, Sequence[tuple[str, Rule]]] = field(repr=False)
    care_rules: Mapping[str, str] = field(repr=False)  # the name of each rule -> its topic
    others: tuple[Line, ...] = ()  # sentences without a topic

    def is_courtesy(self, name: str) -> bool:
        """Return whether a topic is a courtesy."""
        return self.by_name[name].is_courtesy

    def is_right(self, found: Iterable[str], expected: str) -> bool:
        """Return whether one of the topics found is right where another one is expected."""
        topic = self.by_name[expected]
        return any(
            each.counts_as == topic.counts_as or (each.is_care and topic.is_care)
            for each in map(self.by_name.__getitem__, found)
        )
