"""Loads the topics: reads their files, learns from them, and tries their examples."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from bot.learning import cache as learnt
from bot.learning.learner import Example, Weights, train
from bot.recognition.model import Line, Topic, Topics
from bot.recognition.reading import Reader, texts_in
from bot.recognition.recognize import evidence, topic_names
from bot.recognition.sentences import index_rules, rule_name, split
from bot.recognition.source import TopicError
from bot.text.spelling import normalize, stem
from bot.text.typos import misspelling_index
from bot.text.vocabulary import Vocabulary, base_vocabulary
from bot.text.words import NUMBER, TOKEN, sentences

SHIPPED = Path(__file__).parent.parent / "topics"
RULE_WEIGHT = 0.7  # of a rule before learning, so that a rule without an example counts


@cache
def shipped_topics() -> Topics:
    """Return the topics in bot/topics."""
    return load_topics(texts_in(SHIPPED))


def load_topics(texts: Mapping[Path, str]) -> Topics:
    """Return the topics in these files. Raises TopicError, also if one of their lines fails."""
    reader = Reader(base_vocabulary())
    reader.read_all(texts)
    reader.check_complete()
    key = learnt.key_of(texts)
    if (weights := learnt.load(key)) is not None:
        return learnt_topics(reader, weights)
    topics = learnt_topics(reader)
    for line, reason in failures(topics):
        raise TopicError(line.path, line.number, reason)
    learnt.store(key, topics.weights)
    return topics


def learnt_topics(reader: Reader, weights: Weights | None = None) -> Topics:
    """Return the topics that were read, with these weights, or with those that they teach."""
    vocabulary = _vocabulary(reader)
    for topic in reader.topics.values():
        topic.words = _words_of(topic, vocabulary)
    if weights is None:
        weights = _learn(reader.topics, reader.others, vocabulary)
    return _topics(reader, vocabulary, weights)


def _topics(reader: Reader, vocabulary: Vocabulary, weights: Weights) -> Topics:
    care_rules = {
        rule_name(name, line): name
        for name, topic in reader.topics.items()
        if topic.is_care
        for line in topic.rules
    }
    rule_index = index_rules(reader.topics)
    return Topics(reader.topics, vocabulary, weights, rule_index, care_rules, tuple(reader.others))


def _learn(topics: Mapping[str, Topic], others: list[Line], vocabulary: Vocabulary) -> Weights:
    """Return the weights learnt from the examples of all topics."""
    initial: Weights = {
        rule_name(name, line): {name: RULE_WEIGHT}
        for name, topic in topics.items()
        for line in topic.rules
    }
    return train(list(_examples(topics, others, vocabulary)), initial)


def failures(topics: Topics) -> Iterator[tuple[Line, str]]:
    """Yield each line that is not understood as its file says, with what spoke for and against."""
    for name, topic in topics.by_name.items():
        for line in topic.examples:
            found = topic_names(topics, line.text)
            if not topics.is_right(found, name):
                instead = " and ".join(found) or "none"
                reason = f"should have the topic {name}, but it has {instead}"
                yield line, _failure(topics, line, reason, [name, *found])
        for line in topic.counterexamples:
            if name in topic_names(topics, line.text):
                yield line, _failure(topics, line, f"should not have the topic {name}", [name])
    for line in topics.others:
        if found := topic_names(topics, line.text):
            reason = f"should have no topic, but it has {' and '.join(found)}"
            yield line, _failure(topics, line, reason, found)


def _failure(topics: Topics, line: Line, reason: str, names: list[str]) -> str:
    return f'"{line.text}" {reason}. {evidence(topics, line.text, names)}'


def _examples(
    topics: Mapping[str, Topic], others: list[Line], vocabulary: Vocabulary
) -> Iterator[Example]:
    rule_index = index_rules(topics)
    examples = {line.text: name for name, topic in topics.items() for line in topic.examples}
    for text, name in examples.items():
        for sentence in split(text, rule_index, vocabulary):
            yield sentence.features, name
    negatives = [line for topic in topics.values() for line in topic.counterexamples]
    for line in [*negatives, *others]:
        if line.text not in examples:
            for sentence in split(line.text, rule_index, vocabulary):
                yield sentence.features, None


def _vocabulary(reader: Reader) -> Vocabulary:
    """Return the vocabulary with every word that a file of topics uses."""
    base = base_vocabulary()
    counts = Counter(base.base_words())
    pairs: Counter[tuple[str, str]] = Counter()
    lines = [line for topic in reader.topics.values() for line in topic.examples]
    lines += [line for topic in reader.topics.values() for line in topic.counterexamples]
    for line in [*lines, *reader.others]:
        tokens = [token for token in TOKEN.findall(normalize(line.text)) if token[0].isalnum()]
        counts.update(token for token in tokens if token.isalpha())
        words = [word for token in tokens for word in base.short_forms.get(token, token).split()]
        words = [NUMBER if word[0].isdigit() else word for word in words]
        pairs.update(pairwise(["", *words, ""]))
    for topic in reader.topics.values():
        for rule in topic.rules.values():
            for place in rule:
                counts.update(place)
    return base.with_words(counts, misspelling_index(counts), pairs)


def _words_of(topic: Topic, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the stems that a topic knows: of its examples, its rules and their families."""
    words = {word for rule in topic.rules.values() for place in rule for word in place}
    for line in topic.examples:
        for sentence in sentences(line.text, vocabulary):
            words |= {stem(word.text) for word in sentence}
    families = {vocabulary.family_of[word][1:] for word in words if word in vocabulary.family_of}
    for family in families - vocabulary.subjects:
        words |= vocabulary.families[family]
    return frozenset(words)
