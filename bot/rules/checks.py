"""Checks a rules file for the mistakes that people make."""

from collections.abc import Collection, Iterable, Mapping

from bot.patterns.pattern import Pattern
from bot.rules.placeholders import PLACEHOLDER, PLACEHOLDERS
from bot.rules.source import RulesSource

TEXT_LISTS = ("say", "unless", "reply", "reply_ru", "test", "test_not")
TOPIC_KEYS = {*TEXT_LISTS, "follow", "counts_as", "courtesy", "offer", "offer_ru"}


class Checks:
    """Raises a RulesError at the first mistake. A `label` names the table, see RulesSource."""

    def __init__(self, source: RulesSource) -> None:
        self._source = source

    def keys(self, table: Iterable[str], allowed: Collection[str], label: str) -> None:
        """Check that a table has no unknown key, such as a misspelt one."""
        for key in table:
            if key not in allowed:
                raise self._source.error(label, key, f'unknown key "{key}"')

    def text_table(self, name: str) -> Mapping[str, str]:
        """Return a top-level table, after a check that it contains only strings."""
        table = self._source.data.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise self._source.error(name, "", f"[{name}] must contain only strings")
        return table

    def texts(self, label: str, key: str, texts: object) -> None:
        """Check that a value is a list of strings."""
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self._source.error(label, key, f"{key} must be a list of strings")

    def replies(self, label: str, replies: Iterable[str]) -> None:
        """Check that replies are not empty and that their placeholders exist."""
        for text in replies:
            if not text.strip():
                raise self._source.error(label, '""', "a reply is empty")
            for name in PLACEHOLDER.findall(text):
                if name not in PLACEHOLDERS:
                    reason = f"there is no placeholder {{{name}}}"
                    raise self._source.error(label, text, reason)

    def have_keys(self, label: str, patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
        """Return the patterns, after a check that each requires a word to look it up by."""
        for pattern in patterns:
            if not pattern.keys:
                reason = f'"{pattern.source}": at least one word must be required'
                raise self._source.error(label, pattern.source, reason)
        return patterns
