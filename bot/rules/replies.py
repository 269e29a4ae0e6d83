"""Replies to a message: by its topics, as a follow-up, as an echo, or with the fallback."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bot.patterns.pattern import Location, locate
from bot.rules.composing import Composer
from bot.rules.matching import MAX_WILDCARD_WORDS, Match, find_topics, matches_any
from bot.rules.model import Rules, Topic
from bot.rules.placeholders import Fact, Situation
from bot.text.tokens import Tokens, tokenize

MAX_ANSWERS = 3  # topics answered in one reply
NAME_TOPIC = "set_name"  # the topic in which an author gives a name
MAX_NAME_WORDS = 3
REMEMBERED = 8  # messages of the author in which names and the topic of a follow-up are found


@dataclass(frozen=True)
class Turn:
    """One message of a conversation: from the author (`user`) or from the robot (`robot`)."""

    role: str
    text: str


@dataclass(frozen=True)
class Reply:
    """A reply, the topics it answers, and the reason for it in words."""

    text: str
    topics: tuple[str, ...]
    reason: str


def find_reply(
    rules: Rules,
    text: str,
    *,
    name: str = "",
    turns: Sequence[Turn] = (),
    now: datetime,
    random: Random,
    facts: Mapping[str, Fact] | None = None,
) -> Reply:
    """Return the reply to a message.

    `name` is the author's, or empty if unknown. `turns` is the conversation so far, oldest first,
    without this message. `now` has a time zone. `facts` maps a placeholder to a function of the
    message. The function returns an empty string or None if the fact is not known.
    """
    earlier = [turn.text for turn in turns if turn.role == "user"][-REMEMBERED:]
    replies = [turn.text for turn in turns if turn.role == "robot"]
    situation = Situation(text, given_name(rules, earlier) or name, now, random, facts or {})
    composer = Composer(rules, situation, replies)
    matches = find_topics(rules, text)
    if follow_up := _follow_up(rules, text, _last_topics(rules, earlier), matches):
        topic, pool = follow_up
        return Reply(
            composer.compose(topic, pool=pool), (topic.name,), f"follow-up on {topic.name}"
        )
    if matches:
        return _answer(rules, composer, matches)
    return _echo(rules, composer, text)


def given_name(rules: Rules, texts: Sequence[str]) -> str:
    """Return the name that the author gave last, as in "call me Bob", or an empty string."""
    for text in reversed(texts):
        for match in find_topics(rules, text):
            if match.topic == NAME_TOPIC and 0 < len(match.wildcard.split()) <= MAX_NAME_WORDS:
                return match.wildcard
    return ""


def _answer(rules: Rules, composer: Composer, matches: Sequence[Match]) -> Reply:
    """Return the answers to all topics, in the order in which the message raises them."""
    chosen = sorted(matches[:MAX_ANSWERS], key=lambda match: match.start)
    answers = [composer.compose(rules.topics[m.topic], wildcard=m.wildcard) for m in chosen]
    text = " ".join(filter(None, answers)) or composer.compose(rules.fallback)
    reason = "; ".join(f'{m.topic}: "{" ".join(m.words)}" by "{m.pattern}"' for m in chosen)
    return Reply(text, tuple(match.topic for match in chosen), reason)


def _echo(rules: Rules, composer: Composer, text: str) -> Reply:
    """Return a reply that repeats the author's words, or the fallback."""
    tokens = tokenize(text, rules.vocabulary)
    for echo in rules.echoes:
        for pattern in echo.say:
            location = locate(pattern, tokens)
            if location and not matches_any(echo.unless, tokens):
                answer = composer.compose(echo, wildcard=_mirrored(rules, tokens, location))
                if answer:
                    return Reply(answer, (), f'no topic; echo by "{pattern.source}"')
    return Reply(composer.compose(rules.fallback), (), "no topic; fallback")


def _mirrored(rules: Rules, tokens: Tokens, location: Location) -> str:
    start, end = location.wildcard
    words = tokens.words[start:end][:MAX_WILDCARD_WORDS]
    return " ".join(rules.mirror.get(word, word) for word in words)


def _last_topics(rules: Rules, texts: Sequence[str]) -> list[str]:
    """Return the topics of the last message that was not itself a follow-up."""
    last: list[str] = []
    for text in texts:
        matches = find_topics(rules, text)
        if not _follow_up(rules, text, last, matches):
            last = [match.topic for match in matches]
    return last


def _follow_up(
    rules: Rules, text: str, last: Sequence[str], matches: Sequence[Match]
) -> tuple[Topic, tuple[str, ...]] | None:
    """Return the topic that the message continues and the replies, or None."""
    tokens = tokenize(text, rules.vocabulary)
    for name in last:
        rival = max((match.score for match in matches if match.topic != name), default=0)
        for follow_up in rules.topics[name].follow_ups:
            if follow_up.pattern.score >= rival and follow_up.pattern.matches(tokens):
                return rules.topics[name], follow_up.replies
    return None
