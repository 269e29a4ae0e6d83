"""Finds the topics of a message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.facts.expressions import find_sum
from bot.learning.learner import BIAS
from bot.recognition.model import Topic, Topics
from bot.recognition.sentences import (
    RECENT,
    SUM,
    UNKNOWN_COST,
    Sentence,
    judge,
    rule_name,
    sentences_of,
    unknown_words,
)

COURTESY_SHARE = 3  # a courtesy alone must be at least a third of the message
DOUBT = 0.12  # two topics whose scores are this close are in doubt
GREETING = "greeting"
MATH = "math"
MATHS = frozenset({"math", "maths", "arithmetic", "algebra", "equation", "mathematics"})
MOST_SHOWN = 4  # features on each side of the evidence


@dataclass(frozen=True)
class Match:
    """A topic of a message."""

    topic: str
    score: float
    sentence: int  # the index of the sentence
    words: int  # how many words the sentence has
    rival: str = ""  # another topic with almost the same score


def find_topics(topics: Topics, text: str) -> list[Match]:
    """Return the topics of a message, best first, courtesies last.

    If a sentence speaks of a person in need, that is the only topic.
    """
    return list(_found(topics, text))


def topic_names(topics: Topics, text: str) -> list[str]:
    """Return the names of the topics of a message, the main one first."""
    return [match.topic for match in find_topics(topics, text)]


@lru_cache(maxsize=RECENT)
def _found(topics: Topics, text: str) -> Sequence[Match]:
    parts = sentences_of(topics, text)
    found: list[Match] = []
    for i, sentence in enumerate(parts):
        found += _matches(i, sentence, topics)
    if care := [match for match in found if topics.by_name[match.topic].is_care]:
        return [max(care, key=lambda match: match.score)]
    best: dict[str, Match] = {}
    for match in found:
        if match.topic not in best or match.score > best[match.topic].score:
            best[match.topic] = match
    ranked = sorted(
        best.values(), key=lambda match: (topics.is_courtesy(match.topic), -match.score)
    )
    if ranked and topics.is_courtesy(ranked[0].topic):
        total = sum(len(sentence.words) + sentence.greeting for sentence in parts)
        if COURTESY_SHARE * sum(match.words for match in ranked) <= total:
            return []
    return ranked


def main_topic(topics: Topics, text: str) -> str | None:
    """Return the main topic of a message, or None if no topic is clear."""
    matches = find_topics(topics, text)
    if not matches or matches[0].rival:
        return None
    return topics.by_name[matches[0].topic].counts_as


def mended_sum(topics: Topics, text: str) -> str:
    """Return the sentence with a sum that only mended words show, as in "7 tmies 8", or ""."""
    if find_sum(text):
        return ""
    parts = sentences_of(topics, text)
    return next((sentence.readable for sentence in parts if SUM in sentence.features), "")


def _matches(i: int, sentence: Sentence, topics: Topics) -> list[Match]:
    """Return the best topic of a sentence, and the greeting in front of it."""
    if care := _care(sentence, topics):
        return [Match(care, 1.0, i, len(sentence.words))]
    greeting = [Match(GREETING, 0.5, i, sentence.greeting)] if sentence.greeting else []
    judged = judge(sentence, topics)
    if SUM not in sentence.features and sentence.stems.isdisjoint(MATHS):
        judged.pop(MATH, None)
    if not judged:
        return greeting
    names = sorted(judged, key=lambda name: (-judged[name], name))
    best = names[0]
    rivals = [
        name
        for name in names[1:]
        if judged[best] - judged[name] < DOUBT
        and topics.by_name[name].counts_as != topics.by_name[best].counts_as
        and not topics.is_courtesy(name)
        and not topics.is_courtesy(best)
    ]
    rival = rivals[0] if rivals else ""
    words = len(sentence.words)
    if best == GREETING:
        return [Match(best, judged[best], i, words + sentence.greeting, rival)]
    return [Match(best, judged[best], i, words, rival), *greeting]


def _care(sentence: Sentence, topics: Topics) -> str:
    """Return the topic of a person in need if one of its rules is fulfilled, or ""."""
    names = {topics.care_rules.get(feature, "") for feature in sentence.features} - {""}
    return max(sorted(names), key=lambda name: _score(topics, sentence, name), default="")


def evidence(topics: Topics, text: str, names: Iterable[str]) -> str:
    """Return what speaks for and against each of these topics, in words.

    An example: bot_age +0.44: rule "how old you" +0.50, old +0.12; against: what -0.18;
    unknown words: none
    """
    parts = sentences_of(topics, text)
    lines = []
    for name in dict.fromkeys(names):
        if name in topics.by_name and parts:
            best = max(parts, key=lambda sentence: _score(topics, sentence, name))
            lines.append(_evidence(topics, best, topics.by_name[name]))
    return " | ".join(lines)


def _score(topics: Topics, sentence: Sentence, name: str) -> float:
    weights = (topics.weights.get(feature, {}).get(name, 0.0) for feature in sentence.features)
    return BIAS + sum(weights) - UNKNOWN_COST * len(unknown_words(sentence, topics, name))


def _evidence(topics: Topics, sentence: Sentence, topic: Topic) -> str:
    prefix = rule_name(topic.name, "").split("rule")[0]
    weights = {
        feature.removeprefix(prefix): topics.weights.get(feature, {}).get(topic.name, 0.0)
        for feature in sentence.features
    }
    ordered = sorted(weights.items(), key=lambda item: -item[1])
    for_it = [f"{name} {weight:+.2f}" for name, weight in ordered if weight > 0][:MOST_SHOWN]
    against = [f"{name} {weight:+.2f}" for name, weight in ordered[::-1] if weight < 0]
    unknown = ", ".join(sorted(unknown_words(sentence, topics, topic.name))) or "none"
    score = _score(topics, sentence, topic.name)
    return (
        f"{topic.name} {score:+.2f}: {', '.join(for_it) or 'nothing'};"
        f" against: {', '.join(against[:MOST_SHOWN]) or 'nothing'}; unknown words: {unknown}"
    )
