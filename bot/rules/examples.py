"""Tries the examples in a rules file: `test` and `test_not` of each topic."""

from collections.abc import Iterator

from bot.rules.matching import find_topics
from bot.rules.model import Rules
from bot.rules.source import RulesError, RulesSource


def first_failure(source: RulesSource, rules: Rules) -> RulesError | None:
    """Return the error of the first example that these rules get wrong, or None."""
    return next(_failures(source, rules), None)


def _failures(source: RulesSource, rules: Rules) -> Iterator[RulesError]:
    for name, table in source.data.get("topic", {}).items():
        label = f"topic.{name}"
        for text in table.get("test", []):
            found = [match.topic for match in find_topics(rules, text)]
            if name not in found:
                topics = " and ".join(found) or "nothing"
                reason = f'"{text}" should match, but it matches {topics}'
                yield source.error(label, text, reason)
        for text in table.get("test_not", []):
            for match in find_topics(rules, text):
                if match.topic == name:
                    reason = f'"{text}" should not match, but it matches "{match.pattern}"'
                    yield source.error(label, text, reason)
