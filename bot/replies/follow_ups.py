"""Messages that continue a topic, such as "another one" or "and tomorrow?"."""

from collections.abc import Sequence

from bot.learning.features import fulfils
from bot.recognition.model import Topic, Topics
from bot.recognition.recognize import Match, find_topics
from bot.recognition.sentences import sentences_of
from bot.text.spelling import normalize

MAX_WORDS = 5  # of a follow-up
# How a person calls what the robot calls "my" and "your".
MIRROR = {"my": "yours", "your": "mine", "me": "you", "мое": "твое", "твое": "мое"}
PLACES = (frozenset({"first", "former", "первое"}), frozenset({"second", "latter", "второе"}))
STRONG = 0.5  # the score from which a topic of its own decides


def follow_up(
    topics: Topics, text: str, earlier: Sequence[str], matches: Sequence[Match]
) -> tuple[Topic, tuple[str, ...]] | None:
    """Return the topic that a message continues and the replies, or None.

    `earlier` are the author's messages so far, oldest first; `matches` the topics of this one.
    """
    return _continued(topics, text, _last_topics(topics, earlier), matches)


def _last_topics(topics: Topics, texts: Sequence[str]) -> list[str]:
    """Return the topics of the last message that was neither a follow-up nor only polite."""
    last: list[str] = []
    for text in texts:
        matches = find_topics(topics, text)
        is_only_polite = matches and all(topics.is_courtesy(match.topic) for match in matches)
        if not is_only_polite and not _continued(topics, text, last, matches):
            last = [match.topic for match in matches]
    return last


def _continued(
    topics: Topics, text: str, last: Sequence[str], matches: Sequence[Match]
) -> tuple[Topic, tuple[str, ...]] | None:
    sentences = sentences_of(topics, text)
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
    words = frozenset(word for sentence in sentences_of(topics, text)
                      for word in sentence.words)  # fmt: skip
    both = (asked[0].topic, asked[0].rival)
    for name, place in zip(both, PLACES, strict=True):
        other = both[1] if name == both[0] else both[0]
        own = _mirrored_titles(topics, name) - _mirrored_titles(topics, other)
        if words & (place | own):
            return name
    return ""


def _mirrored_titles(topics: Topics, name: str) -> set[str]:
    """Return the words of a topic's titles, as a person would say them."""
    words = (word for title in topics.by_name[name].titles for word in normalize(title).split())
    return {MIRROR.get(word, word) for word in words}
