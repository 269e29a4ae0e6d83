"""Finds the topics of a message."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.patterns.pattern import Location, Pattern, locate
from bot.rules.model import Rules, Topic
from bot.text.tokens import Tokens, tokenize
from bot.text.typos import with_corrections

MAX_WILDCARD_WORDS = 12  # that a reply repeats
COURTESY_SHARE = 3  # a short courtesy alone must be at least a third of the message
FEW_WORDS = 6  # in a message this short, one misspelt word can decide
VERY_FEW_WORDS = 2  # in a message this short, one misspelt word of up to three letters can decide
LONG_WORD = 8  # letters; a misspelt word this long can decide in any message
MANY_WORDS = 3  # a pattern that matches this many words needs no other evidence


@dataclass(frozen=True)
class Match:
    """A topic of a message, with the pattern that matched and the words that it matched."""

    topic: str
    pattern: str
    words: tuple[str, ...]
    score: int
    start: int
    end: int
    wildcard: str = ""  # what * stands for, as the author wrote it


def best_topic(rules: Rules, text: str) -> str | None:
    """Return the name of the topic that the message is mainly about, or None."""
    matches = find_topics(rules, text)
    return rules.topics[matches[0].topic].counts_as if matches else None


def find_topics(rules: Rules, text: str) -> list[Match]:
    """Return the topics of a message, best first, courtesies last.

    Typos are corrected only if the uncorrected words give no topic but courtesies. Long words are
    corrected first, then short ones. A correction can be wrong, so it needs more evidence.
    """
    tokens = tokenize(text, rules.vocabulary)
    found = _match_all(rules, tokens, tokens)
    corrected = with_corrections(tokens, rules.vocabulary, short_words=False) or tokens
    if _only_courtesies(rules, found) and corrected is not tokens:
        more = _match_all(rules, corrected, corrected)
        found = [match for match in more if _is_decisive(match, tokens)] or found
    if _only_courtesies(rules, found) and (
        guess := with_corrections(tokens, rules.vocabulary, short_words=True)
    ):
        is_brief = len(tokens.words) <= VERY_FEW_WORDS
        more = _match_all(rules, guess, corrected)
        more = [match for match in more if is_brief or len(match.words) >= MANY_WORDS]
        found = found if found and _only_courtesies(rules, more) else more
    return found


def matches_any(patterns: Iterable[Pattern], tokens: Tokens) -> bool:
    """Return whether one of the patterns matches."""
    return any(pattern.matches(tokens) for pattern in patterns)


def _only_courtesies(rules: Rules, matches: list[Match]) -> bool:
    return all(rules.topics[match.topic].is_courtesy for match in matches)


def _is_decisive(match: Match, tokens: Tokens) -> bool:
    """Return whether corrected words suffice: several, a long one, or any in a short message."""
    longest = max(map(len, match.words), default=0)
    return len(tokens.words) <= FEW_WORDS or len(match.words) > 1 or longest >= LONG_WORD


def _match_all(rules: Rules, tokens: Tokens, for_unless: Tokens) -> list[Match]:
    """Return the best match of each topic. The `unless` patterns are matched with `for_unless`.

    The two tokens differ because a doubtful correction must not exclude a topic.
    """
    if matches_any(rules.unless, for_unless):
        return []
    best: dict[str, tuple[Topic, Pattern]] = {}
    for topic, pattern in _candidates(rules, tokens):
        held = best.get(topic.name)
        if (held is None or pattern.score > held[1].score) and pattern.matches(tokens):
            best[topic.name] = topic, pattern
    found = [
        _match(topic, pattern, location, tokens, rules.vocabulary.fillers)
        for topic, pattern in best.values()
        if not matches_any(topic.unless, for_unless) and (location := locate(pattern, tokens))
    ]
    return _ranked(rules, found, len(tokens.words))


def _candidates(rules: Rules, tokens: Tokens) -> list[tuple[Topic, Pattern]]:
    """Return the few patterns that have a key word in the message."""
    candidates = [pair for word in tokens.positions for pair in rules.index.get(word, ())]
    for word in tokens.positions:
        for length in range(2, len(word) + 1):
            candidates += rules.index.get(word[:length] + "~", ())
    return candidates


def _ranked(rules: Rules, found: list[Match], word_count: int) -> list[Match]:
    """Sort the matches, and drop the weaker of two that use the same words."""
    order = {name: position for position, name in enumerate(rules.topics)}
    found.sort(key=lambda match: (-match.score, order[match.topic]))
    kept: list[Match] = []
    for match in found:
        if all(match.end <= other.start or other.end <= match.start for other in kept):
            kept.append(match)
    courtesies = [match for match in kept if rules.topics[match.topic].is_courtesy]
    others = [match for match in kept if not rules.topics[match.topic].is_courtesy]
    if not others and all(len(match.words) < MANY_WORDS for match in courtesies):
        courteous_words = sum(match.end - match.start for match in courtesies)
        if COURTESY_SHARE * courteous_words < word_count:
            return []
    return others + courtesies


def _match(
    topic: Topic, pattern: Pattern, location: Location, tokens: Tokens, fillers: frozenset[str]
) -> Match:
    start, end = location.wildcard
    while start < end and tokens.words[end - 1] in fillers:
        end -= 1
    text = " ".join(tokens.written[start:end][:MAX_WILDCARD_WORDS])
    as_written = re.search(re.escape(text), tokens.source, re.IGNORECASE)
    return Match(
        topic=topic.name,
        pattern=pattern.source,
        words=location.words,
        score=pattern.score,
        start=location.start,
        end=location.end,
        wildcard=as_written[0] if as_written else text,
    )
