"""Rules for tests: the shipped ones, and small ones made of a few topics."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from random import Random

from bot.rules.loading import parse_rules, shipped_rules
from bot.rules.matching import find_topics
from bot.rules.model import Rules
from bot.rules.placeholders import Fact
from bot.rules.replies import Reply, Turn, find_reply

SHIPPED = shipped_rules()
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=1)))
FALLBACK = '[fallback]\nreply = ["No idea."]\n'


def rules_of(*topics: str, head: str = "") -> Rules:
    """Return rules with these tables; `head` are the keys before them."""
    return parse_rules("\n".join([head, *topics, FALLBACK]))


def one_topic(say: str, *, unless: str = "[]", reply: str = '["Yes."]', head: str = "") -> Rules:
    """Return rules with one topic, "t". The arguments are TOML."""
    return rules_of(f"[topic.t]\nsay = {say}\nunless = {unless}\nreply = {reply}\n", head=head)


def topics_in(rules: Rules, text: str) -> list[str]:
    """Return the names of the topics of a message."""
    return [match.topic for match in find_topics(rules, text)]


def ask(
    text: str,
    *turns: Turn,
    rules: Rules = SHIPPED,
    name: str = "",
    seed: int = 1,
    facts: Mapping[str, Fact] | None = None,
) -> Reply:
    """Return the reply to a message; `turns` is the conversation before it."""
    return find_reply(
        rules, text, name=name, turns=turns, now=NOW, random=Random(seed), facts=facts
    )
