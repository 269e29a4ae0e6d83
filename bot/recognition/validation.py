"""Judges the lines of the topic files by what the other lines teach."""

from collections.abc import Collection, Iterator
from pathlib import Path

from bot.recognition.loading import learnt_topics
from bot.recognition.model import Line, Topics
from bot.recognition.reading import Reader, paths_in, text_of
from bot.recognition.recognize import find_topics
from bot.text.spelling import normalize
from bot.text.vocabulary import base_vocabulary

FOLDS = 5


def topics_without(folder: Path, texts: Collection[str]) -> Topics:
    """Return the topics learnt without the lines that equal one of these normalized texts."""
    reader = _reader(folder)
    for topic in reader.topics.values():
        topic.examples = [x for x in topic.examples if normalize(x.text) not in texts]
        topic.counterexamples = [x for x in topic.counterexamples if normalize(x.text) not in texts]
    reader.others[:] = [line for line in reader.others if normalize(line.text) not in texts]
    return learnt_topics(reader)


def cross_validation(folder: Path) -> Iterator[tuple[Line, str, list[str]]]:
    """Yield each line with its topic, or "" if it has none, and what is understood without it.

    The lines are split into FOLDS parts, and each part is judged by what the others teach.
    """
    reader = _reader(folder)
    examples = {name: list(topic.examples) for name, topic in reader.topics.items()}
    others = list(reader.others)
    for fold in range(FOLDS):
        for name, topic in reader.topics.items():
            topic.examples = [x for i, x in enumerate(examples[name]) if i % FOLDS != fold]
        reader.others[:] = [x for i, x in enumerate(others) if i % FOLDS != fold]
        topics = learnt_topics(reader)
        for name, lines in {**examples, "": others}.items():
            for line in lines[fold::FOLDS]:
                yield line, name, [match.topic for match in find_topics(topics, line.text)]


def weak_examples(folder: Path) -> Iterator[tuple[Line, str]]:
    """Yield each example that is not understood without itself, with what is understood instead."""
    topics = _reader(folder).topics
    for line, name, found in cross_validation(folder):
        if name and not any(topics[other].agrees_with(topics[name]) for other in found):
            yield line, " and ".join(found) or "nothing"


def _reader(folder: Path) -> Reader:
    reader = Reader(base_vocabulary())
    for path in paths_in(folder):
        reader.read(path, text_of(path))
    return reader
