"""Reads the files of topics.

words    = ["how old you|@name"]      # rules: every word, in any order, in one sentence
examples = ["how old are you"]        # what people say
not      = ["how old is the king"]    # similar sentences that are not of this topic
reply    = ["Old enough, {name}."]
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.learning.features import Rule
from bot.recognition.model import OTHER, FollowUp, Line, Topic
from bot.recognition.source import TopicSource
from bot.replies.placeholders import PLACEHOLDER, PLACEHOLDERS
from bot.text.spelling import normalize, stem
from bot.text.vocabulary import Vocabulary

LISTS = frozenset({"words", "examples", "not", "reply", "title", "offer"})
SWITCHES = frozenset({"courtesy", "care", "personal"})
KEYS = LISTS | SWITCHES | {"counts_as", "follow"}
LARGEST_FILE = 64 * 1024  # bytes
MOST_FILES = 1_000


def paths_in(folder: Path) -> list[Path]:
    """Return the topic files in `folder` and its folders. Raises OSError, ValueError."""
    if not folder.is_dir():
        raise OSError(f"{folder}: not a folder")
    paths = sorted(path for path in folder.rglob("*.toml") if not path.name.startswith("."))
    if len(paths) > MOST_FILES:
        raise ValueError(f"{folder}: more than {MOST_FILES} files")
    return paths


def text_of(path: Path) -> str:
    """Return the text of a file. Raises OSError or ValueError, which name the file.

    Anything but a regular file, such as a FIFO, could block for ever.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ValueError(f"{path}: not a regular file")
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ValueError(f"{path}: larger than {LARGEST_FILE} bytes")
        return content.decode()
    except OSError as error:
        raise OSError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not UTF-8") from None


def texts_in(folder: Path) -> dict[Path, str]:
    """Return the texts of the topic files in `folder`. Raises OSError, ValueError."""
    return {path: text_of(path) for path in paths_in(folder)}


class Reader:
    """Collects the topics from the texts of their files."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.topics: dict[str, Topic] = {}
        self.others: list[Line] = []
        self._vocabulary = vocabulary
        self._sources: dict[str, TopicSource] = {}  # the first file of each topic

    def read_all(self, texts: Mapping[Path, str]) -> None:
        """Add all files. Raises TopicError."""
        for path, text in texts.items():
            self.read(path, text)

    def read(self, path: Path, text: str) -> None:
        """Add one file. Raises TopicError, which names the file and the line."""
        source = TopicSource(path, text)
        data = source.data
        for key, value in data.items():
            _check(source, key, value)
        if path.parent.name == OTHER:
            self.others += source.lines("examples")
            return
        topic = self.topics.setdefault(path.stem, Topic(path.stem, path.stem))
        self._sources.setdefault(path.stem, source)
        topic.counts_as = data.get("counts_as", topic.counts_as)
        topic.is_courtesy |= data.get("courtesy", False)
        topic.is_personal |= data.get("personal", False)
        topic.is_care |= data.get("care", False)
        topic.examples += source.lines("examples")
        topic.counterexamples += source.lines("not")
        topic.replies += data.get("reply", [])
        topic.titles += data.get("title", [])
        topic.offers += data.get("offer", [])
        for line in data.get("words", []):
            topic.rules[line] = self._rule(source, "words", line)
        for line, replies in data.get("follow", {}).items():
            topic.follow_ups.append(FollowUp(self._rule(source, "follow", line), tuple(replies)))

    def check_complete(self) -> None:
        """Raise TopicError if a topic has no example or no reply."""
        for name, topic in self.topics.items():
            for key, lines in (("examples", topic.examples), ("reply", topic.replies)):
                if not lines:
                    raise self._sources[name].error(key, "", f"`{key}` is empty; add a line")

    def _rule(self, source: TopicSource, key: str, line: str) -> Rule:
        places = line.split()
        if not places:
            raise source.error(key, line, f"a line of `{key}` is empty")
        return tuple(self._place(source, key, place) for place in places)

    def _place(self, source: TopicSource, key: str, place: str) -> frozenset[str]:
        words: set[str] = set()
        for word in place.split("|"):
            if word.startswith("@"):
                if word[1:] not in self._vocabulary.families:
                    raise source.error(key, place, f"there is no family {word} in words.toml")
                words |= self._vocabulary.families[word[1:]]
            elif normalized := normalize(word):
                words.add(stem(normalized))
            else:
                raise source.error(key, place, f'a word is empty in "{place}"')
        return frozenset(words)


def _check(source: TopicSource, key: str, value: object) -> None:
    if key not in KEYS:
        raise source.error(key, "", f'unknown key "{key}"')
    if key in LISTS and not _are_texts(value):
        raise source.error(key, "", f"`{key}` must be a list of texts that are not empty")
    if key in SWITCHES and not isinstance(value, bool):
        raise source.error(key, "", f"`{key}` must be true or false")
    if key == "counts_as" and not isinstance(value, str):
        raise source.error(key, "", f"`{key}` must be a text")
    if key == "follow" and not (isinstance(value, dict) and all(map(_are_texts, value.values()))):
        raise source.error(key, "", "`follow` must be a table of lists of texts")
    for text in _replies(key, value):
        for name in PLACEHOLDER.findall(text):
            if name not in PLACEHOLDERS:
                raise source.error(key, text, f"there is no placeholder {{{name}}}")


def _replies(key: str, value: Any) -> list[str]:  # noqa: ANN401  # checked by _check
    if key == "follow":
        return [text for texts in value.values() for text in texts]
    return list(value) if key == "reply" else []


def _are_texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(text, str) and text.strip() for text in value)
    )
