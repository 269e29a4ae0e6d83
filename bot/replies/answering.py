"""The reply to a message: by its topics, as a follow-up, as an echo, or none.

    find_reply(topics, "hi, what's the time?", now=now, random=Random(1)).text

- Replies are a pure function of their arguments. Time, randomness and facts are passed in.
- The caller passes in the conversation so far. A reply is repeated only after all others of its
  topic, and "and tomorrow?" finds its topic in the conversation.
- A person in need gets a sober reply, and so do the next messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bot.facts.continued import continued_sum
from bot.facts.names import given_name
from bot.recognition.model import Topics
from bot.recognition.recognize import MATH, Match, evidence, find_topics, mended_sum
from bot.replies.addressing import names_robot
from bot.replies.composing import Composer
from bot.replies.fallback import echo, fallback
from bot.replies.follow_ups import choice, follow_up
from bot.replies.placeholders import Fact, Situation
from bot.text.spelling import is_russian

MAX_ANSWERS = 3  # topics answered in one reply
REMEMBERED = 8  # messages of the author in which names and the topic of a follow-up are found
SOBER = 3  # messages after that of a person in need; without a topic, REMEMBERED
FACTUAL = frozenset({"time", "date", "weather", MATH, "be_quiet", "speak_again"})
NAME = "set_name"
QUIET, LOUD, GALLERY = "be_quiet", "speak_again", "gallery"


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
    pauses: bool = False  # whether remarks pause from now on
    resumes: bool = False  # whether remarks continue at once


def find_reply(
    topics: Topics,
    text: str,
    *,
    name: str = "",
    turns: Sequence[Turn] = (),
    now: datetime,
    random: Random,
    facts: Mapping[str, Fact] | None = None,
    alone: bool = True,
    addressed: bool = False,
) -> Reply | None:
    """Return the reply to a message, or None if it is left to other people.

    `name` is the author's, or empty if unknown. `turns` is the conversation so far, oldest first,
    without this message. `now` has a time zone. `facts` maps a placeholder to a function of the
    message, which returns an empty string or None if the fact is not known. `alone` tells that
    nobody else takes part, `addressed` that the message answers one of the robot's.
    """
    earlier = [turn.text for turn in turns if turn.role == "user"][-REMEMBERED:]
    replies = [turn.text for turn in turns if turn.role == "robot"]
    called = next(filter(None, (_name_in(topics, text) for text in reversed(earlier))), name)
    whole = continued_sum(text, earlier)
    asked = whole or mended_sum(topics, text) or text
    facts = {"topics": lambda _: str(len(topics.by_name)), **(facts or {})}
    situation = Situation(asked, called, now, random, facts)
    offers = [offer for topic in topics.by_name.values() for offer in topic.offers]
    answering = _Answering(topics, text, earlier, Composer(situation, offers, replies))
    if whole:
        return answering.by_topics([Match(MATH, 1.0, 0, 1)])
    caption = situation.facts.get("caption")
    if caption and caption(text):
        return answering.by_topics([Match(GALLERY, 1.0, 0, 1)])
    return answering.reply(talks_to_robot=alone or addressed or names_robot(text), alone=alone)


def _name_in(topics: Topics, text: str) -> str:
    """Return the name that an earlier message gave to its author, or an empty string."""
    found = given_name(text)
    return found if found and any(m.topic == NAME for m in find_topics(topics, text)) else ""


class _Answering:
    """Answers one message."""

    def __init__(
        self, topics: Topics, text: str, earlier: Sequence[str], composer: Composer
    ) -> None:
        self._topics = topics
        self._text = text
        self._earlier = earlier
        self._composer = composer

    def reply(self, *, talks_to_robot: bool, alone: bool) -> Reply | None:
        matches = find_topics(self._topics, self._text)
        if matches and self._topics.by_name[matches[0].topic].is_care:
            return self.by_topics(matches[:1])
        if self._was_in_need(SOBER):
            matches = [match for match in matches if match.topic in FACTUAL]
            return self.by_topics(matches) if matches else self._sober()
        if known := self._continued(matches):
            return known
        if not talks_to_robot:
            matches = [m for m in matches if not self._topics.by_name[m.topic].is_personal]
        if matches:
            return self._asked(matches) or self.by_topics(matches)
        if not talks_to_robot:
            return None
        return self._sober() if self._was_in_need(REMEMBERED) else self._without_topic(alone)

    def _continued(self, matches: Sequence[Match]) -> Reply | None:
        """Return the reply to a message that continues the conversation, or None."""
        if chosen := choice(self._topics, self._text, self._earlier):
            return self.by_topics([Match(chosen, 1.0, 0, 1)])
        if found := follow_up(self._topics, self._text, self._earlier, matches):
            topic, replies = found
            if text := self._composer.compose(replies, others=topic.replies):
                return Reply(text, (topic.name,), f"follow-up on {topic.name}")
        return None

    def by_topics(self, matches: Sequence[Match]) -> Reply:
        """Return the answers to all topics, in the order in which the message raises them."""
        chosen = sorted(matches[:MAX_ANSWERS], key=lambda match: match.sentence)
        answers = []
        for match in chosen:
            topic = self._topics.by_name[match.topic]
            wildcard = given_name(self._text) if match.topic == NAME else ""
            answers.append(
                self._composer.compose(topic.replies, wildcard=wildcard, others=topic.replies)
            )
        names = tuple(match.topic for match in chosen)
        return Reply(
            " ".join(filter(None, answers)) or self._composer.compose(fallback().replies),
            names,
            evidence(self._topics, self._text, names),
            pauses=any(n == QUIET or self._topics.by_name[n].is_care for n in names),
            resumes=LOUD in names,
        )

    def _asked(self, matches: Sequence[Match]) -> Reply | None:
        """Return a question if two topics are in doubt, or None."""
        best = matches[0]
        if not best.rival:
            return None
        titles = [
            self._composer.in_language(self._topics.by_name[name].titles)
            for name in (best.topic, best.rival)
        ]
        russian = is_russian(self._text)
        if not all(found and is_russian(found[0]) == russian for found in titles):
            return None
        template = self._composer.compose(fallback().doubt)
        text = template.replace("<one>", titles[0][0]).replace("<other>", titles[1][0])
        reason = evidence(self._topics, self._text, [best.topic, best.rival])
        return Reply(text[:1].upper() + text[1:], (), f"in doubt; {reason}")

    def _was_in_need(self, messages: int) -> bool:
        """Return whether one of the author's latest messages is of a person in need."""
        return any(
            self._topics.by_name[match.topic].is_care
            for text in self._earlier[-messages:]
            for match in find_topics(self._topics, text)
        )

    def _sober(self) -> Reply:
        text = self._composer.compose(fallback().after_care)
        return Reply(text, (), "shortly after a person in need", pauses=True)

    def _without_topic(self, may_echo: bool) -> Reply:
        if may_echo:
            replies, words = echo(self._text)
            if replies and (text := self._composer.compose(replies, wildcard=words)):
                return Reply(text, (), "no topic; echo")
        return Reply(self._composer.compose(fallback().replies), (), "no topic; fallback")
