"""Judges the lines of the topic files by what the other lines teach."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.recognition.loading import learnt_topics
from bot.recognition.model import Line
from bot.recognition.reading import Reader, texts_in
from bot.recognition.recognize import topic_names
from bot.text.vocabulary import base_vocabulary

FOLDS = 5


class Judgement(NamedTuple):
    """What is understood of a line without itself."""

    line: Line
    expected: str  # its topic, or "" if it has none
    found: list[str]
    is_right: bool


def cross_validation(folder: Path) -> Iterator[Judgement]:
    """Yield a judgement of each line.

    The lines are split into FOLDS parts, and each part is judged by what the others teach.
    """
    reader = Reader(base_vocabulary())
    reader.read_all(texts_in(folder))
    examples = {name: list(topic.examples) for name, topic in reader.topics.items()}
    others = list(reader.others)
    for fold in range(FOLDS):
        for name, topic in reader.topics.items():
            topic.examples = [x for i, x in enumerate(examples[name]) if i % FOLDS != fold]
        reader.others[:] = [x for i, x in enumerate(others) if i % FOLDS != fold]
        topics = learnt_topics(reader)
        for name, lines in {**examples, "": others}.items():
            for line in lines[fold::FOLDS]:
                found = topic_names(topics, line.text)
                is_right = topics.is_right(found, name) if name else not found
                yield Judgement(line, name, found, is_right)


def weak_examples(folder: Path) -> Iterator[tuple[Line, str]]:
    """Yield each example that is not understood without itself, with what is understood instead."""
    for line, expected, found, is_right in cross_validation(folder):
        if expected and not is_right:
            yield line, " and ".join(found) or "nothing"
