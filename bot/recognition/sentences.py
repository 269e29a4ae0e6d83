"""Judges one sentence: its features, and its score for each topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.facts.expressions import find_sum
from bot.learning.features import Rule, features, fulfils
from bot.learning.learner import scores
from bot.recognition.model import Topic, Topics
from bot.text.spelling import stem
from bot.text.vocabulary import Vocabulary
from bot.text.words import Word, sentences, without_fillers

UNKNOWN_COST = 0.4  # of each word that the topic does not know
LEFTOVER = 3  # with this many unknown words, a sentence is about something else
RECENT = 100  # messages whose sentences or topics are kept
SUM = "a sum"  # the feature of a sentence with a sum to solve
SIGNS_OF_SUM = frozenset({"#", "plus", "minus", "times", "divided", "by", "power", "percent"})


@dataclass(frozen=True)
class Sentence:
    """A sentence of a message, ready to be judged."""

    words: tuple[str, ...]  # as read, without fillers at the edges
    readable: str  # the same words, with numbers and signs as written
    features: tuple[str, ...]
    stems: frozenset[str]
    greeting: int = 0  # words of a greeting in front, which are not in `words`


RuleIndex = Mapping[str, Sequence[tuple[str, Rule]]]  # by each word of a rule's smallest place


def index_rules(topics: Mapping[str, Topic]) -> RuleIndex:
    """Return the rules by the words of their smallest place, with their names."""
    index: dict[str, list[tuple[str, Rule]]] = {}
    for topic in topics.values():
        for line, rule in topic.rules.items():
            for word in min(rule, key=len):
                index.setdefault(word, []).append((rule_name(topic.name, line), rule))
    return index


def split(text: str, rule_index: RuleIndex, vocabulary: Vocabulary) -> list[Sentence]:
    """Return the sentences of a message."""
    return [
        _sentence(words, rule_index, vocabulary)
        for words in (without_fillers(words, vocabulary) for words in sentences(text, vocabulary))
    ]


@lru_cache(maxsize=RECENT)
def sentences_of(topics: Topics, text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a message. A reply looks at earlier messages, too, so it caches."""
    return tuple(split(text, topics.rule_index, topics.vocabulary))


def _sentence(words: Sequence[Word], rule_index: RuleIndex, vocabulary: Vocabulary) -> Sentence:
    greeting = _greeting_length(words, vocabulary)
    rest = without_fillers(list(words[greeting:]), vocabulary)
    texts = tuple(word.text for word in rest)
    stems = frozenset(map(stem, texts))
    rules = [
        name for word in stems for name, rule in rule_index.get(word, ()) if fulfils(rule, stems)
    ]
    readable = " ".join(word.text if word.written.isalpha() else word.written for word in rest)
    may_be_sum = stems & SIGNS_OF_SUM or "@sum" in (vocabulary.family_of.get(s) for s in stems)
    if may_be_sum and find_sum(readable):
        rules.append(SUM)
    return Sentence(
        texts,
        readable,
        tuple(features(texts, sorted(set(rules)), vocabulary)),
        stems,
        greeting,
    )


def rule_name(topic: str, line: str) -> str:
    """Return the feature of a sentence that fulfils a rule."""
    return f'{topic}: rule "{line}"'


def _greeting_length(words: Sequence[Word], vocabulary: Vocabulary) -> int:
    """Return how many words in front only greet, if others follow."""
    length = 0
    while length < len(words) and words[length].text in vocabulary.families["hi"]:
        length += 1
    rest = [word for word in words[length:] if word.text not in vocabulary.fillers]
    return length if rest else 0


def judge(sentence: Sentence, topics: Topics) -> dict[str, float]:
    """Return the score of each topic that the sentence may have; above zero, it has the topic."""
    total = scores(topics.weights, sentence.features)
    judged = {}
    for name, score in total.items():
        if score > 0:
            unknown = len(unknown_words(sentence, topics, name))
            if unknown < LEFTOVER and score > UNKNOWN_COST * unknown:
                judged[name] = score - UNKNOWN_COST * unknown
    return judged


def unknown_words(sentence: Sentence, topics: Topics, name: str) -> frozenset[str]:
    """Return the words of a sentence that a topic does not know."""
    return sentence.stems - topics.by_name[name].words - topics.vocabulary.common
