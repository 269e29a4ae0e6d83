"""The rules in memory, as a rules file describes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.patterns.pattern import Pattern
from bot.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class FollowUp:
    """A message that continues the topic, such as "and tomorrow?", and the replies to it."""

    pattern: Pattern
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """One [topic.NAME] or [echo.NAME] table, ready to use."""

    name: str
    counts_as: str  # the topic that bench/score_rules.py counts it as
    is_courtesy: bool  # such as a greeting; every other topic of a message counts more
    say: tuple[Pattern, ...]  # the messages of this topic
    unless: tuple[Pattern, ...]  # messages that are not of this topic
    replies: tuple[str, ...]
    replies_ru: tuple[str, ...]
    offer: str  # what "I can ..." says of it; empty if the robot does not offer it
    offer_ru: str
    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True)
class Rules:
    """All rules of a file."""

    topics: Mapping[str, Topic] = field(repr=False)  # by name, in the order of the file
    echoes: tuple[Topic, ...]  # replies that repeat the author's words, if there is no topic
    fallback: Topic  # the replies if nothing matches
    unless: tuple[Pattern, ...]  # messages without a topic
    vocabulary: Vocabulary
    mirror: Mapping[str, str]  # what "I" becomes when the robot repeats it, and so on
    index: Mapping[str, tuple[tuple[Topic, Pattern], ...]] = field(repr=False)  # by key word


def index_by_key(topics: Mapping[str, Topic]) -> dict[str, tuple[tuple[Topic, Pattern], ...]]:
    """Map each key word to the patterns that can match a message with this word."""
    index: dict[str, list[tuple[Topic, Pattern]]] = {}
    for topic in topics.values():
        for pattern in topic.say:
            for key in sorted(pattern.keys):
                index.setdefault(key, []).append((topic, pattern))
    return {key: tuple(pairs) for key, pairs in index.items()}
