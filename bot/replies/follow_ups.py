"""Messages that continue a topic, such as "another one" or "and tomorrow?"."""

from collections.abc import Sequence

from bot.learning.features import fulfils
from bot.recognition.model import Topic, Topics
from bot.recognition.recognize import Match, find_topics
from bot.recognition.sentences import split

MAX_WORDS = 5  # of a follow-up
# How a person calls what the robot calls "my" and "your".
MIRROR = {"my": "yours", "your": "mine", "me": "you"}
PLACES = (frozenset({"first", "former", "первое"}), frozenset({"second", "latter", "второе"}))
STRONG = 0.9  # the score from which a topic of its own decides


def follow_up(
    topics: Topics, text: str, earlier: Sequence[str], matches: Sequence[Match]
) -> tuple[Topic, tuple[str, ...]] | None:
    """Return the topic that a message continues and the replies, or None.

    `earlier` are the author's messages so far, oldest first; `matches` the topics of this one.
    """
    return _continued(topics, text, _last_topics(topics, earlier), matches)


def _last_topics(topics: Topics, texts: Sequence[str]) -> list[str]:
    """Return the topics of the last message that was not itself a follow-up."""
    last: list[str] = []
    for text in texts:
        matches = find_topics(topics, text)
        if not _continued(topics, text, last, matches):
            last = [match.topic for match in matches]
    return last


def _continued(
    topics: Topics, text: str, last: Sequence[str], matches: Sequence[Match]
) -> tuple[Topic, tuple[str, ...]] | None:
    sentences = split(text, topics.rule_index, topics.vocabulary)
    if len(sentences) != 1 or len(sentences[0].words) + sentences[0].greeting > MAX_WORDS:
        return None
    if any(m.topic not in last and _decides(topics, m) for m in matches):
        return None
    for name in last:
        topic = topics.by_name.get(name)
        for candidate in topic.follow_ups if topic else ():
            if topic and fulfils(candidate.rule, sentences[0].stems):
                return topic, candidate.replies
    return None


def _decides(topics: Topics, match: Match) -> bool:
    return not topics.by_name[match.topic].is_personal and match.score >= STRONG


def choice(topics: Topics, text: str, earlier: Sequence[str]) -> str:
    """Return the topic that a message chooses, if the robot asked which of two was meant, or ""."""
    asked = find_topics(topics, earlier[-1]) if earlier else []
    if not asked or not asked[0].rival:
        return ""
    words = frozenset(word for sentence in split(text, topics.rule_index, topics.vocabulary)
                      for word in sentence.words)  # fmt: skip
    both = (asked[0].topic, asked[0].rival)
    for name, place in zip(both, PLACES, strict=True):
        titles = {MIRROR.get(word, word) for t in topics.by_name[name].titles for word in t.split()}
        other = both[1] if name == both[0] else both[0]
        shared = {
            MIRROR.get(word, word) for t in topics.by_name[other].titles for word in t.split()
        }
        if words & place or (words & (titles - shared)):
            return name
    return ""
