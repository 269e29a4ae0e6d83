"""Topics for tests: the shipped ones, and small ones made of a few files."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

from bot.recognition.loading import load_topics, shipped_topics
from bot.recognition.model import Topics
from bot.recognition.recognize import find_topics
from bot.replies.answering import Reply, Turn, find_reply
from bot.replies.placeholders import Fact

SHIPPED = shipped_topics()
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=1)))


def topics_of(**files: str) -> Topics:
    """Return the topics in these files, which are TOML by the name of the topic."""
    return load_topics({Path("topics", f"{name}.toml"): text for name, text in files.items()})


def topics_in(text: str, topics: Topics = SHIPPED) -> list[str]:
    """Return the names of the topics of a message."""
    return [match.topic for match in find_topics(topics, text)]


def ask_in_company(
    text: str,
    *turns: Turn,
    topics: Topics = SHIPPED,
    alone: bool = False,
    addressed: bool = False,
    name: str = "",
    seed: int = 1,
    facts: Mapping[str, Fact] | None = None,
) -> Reply | None:
    """Return the reply to a message; `turns` is the conversation before it."""
    return find_reply(
        topics,
        text,
        name=name,
        turns=turns,
        now=NOW,
        random=Random(seed),
        facts=facts,
        alone=alone,
        addressed=addressed,
    )


def ask(
    text: str,
    *turns: Turn,
    topics: Topics = SHIPPED,
    name: str = "",
    seed: int = 1,
    facts: Mapping[str, Fact] | None = None,
) -> Reply:
    """Return the reply to the message of a lone writer."""
    reply = ask_in_company(
        text, *turns, topics=topics, alone=True, name=name, seed=seed, facts=facts
    )
    assert reply
    return reply
