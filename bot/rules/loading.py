"""Loads the rules from TOML."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.patterns.compiler import PatternError, compile_family, compile_pattern
from bot.patterns.elements import Choice, words_of
from bot.patterns.pattern import Pattern
from bot.rules.checks import TEXT_LISTS, TOPIC_KEYS, Checks
from bot.rules.examples import first_failure
from bot.rules.model import FollowUp, Rules, Topic, index_by_key
from bot.rules.source import RulesError, RulesSource
from bot.text.spelling import normalize
from bot.text.typos import typo_index
from bot.text.vocabulary import Vocabulary

SHIPPED = Path(__file__).parent.parent / "rules.toml"
TOP_KEYS = {"unless", "words", "short", "filler", "correct", "mirror", "topic", "echo", "fallback"}


def parse_rules(text: str) -> Rules:
    """Return the rules in a TOML text. Raises RulesError, also if one of their examples fails."""
    source = RulesSource(text)
    rules = _Loader(source).rules()
    if failure := first_failure(source, rules):
        raise failure
    return rules


@cache
def shipped_rules() -> Rules:
    """Return the rules in bot/rules.toml."""
    return parse_rules(SHIPPED.read_text("utf-8"))


class _Loader:
    """Turns the tables of a rules file into Rules."""

    def __init__(self, source: RulesSource) -> None:
        self._source = source
        self._data = source.data
        self._checks = Checks(source)
        self._vocabulary = Vocabulary()
        self._families: dict[str, Choice] = {}

    def rules(self) -> Rules:
        self._checks.keys(self._data, TOP_KEYS, "")
        self._load_words()
        topics = {name: self._topic("topic", name) for name in self._data.get("topic", {})}
        echoes = tuple(self._topic("echo", name) for name in self._data.get("echo", {}))
        if not topics:
            raise RulesError("line 1: the file has no [topic.NAME]; add at least one")
        fallback = self._topic("", "fallback")
        unless = self._data.get("unless", [])
        self._checks.texts("", "unless", unless)
        return Rules(
            topics=topics,
            echoes=echoes,
            fallback=fallback,
            unless=self._patterns("", unless),
            vocabulary=self._with_typos((*topics.values(), *echoes)),
            mirror=self._checks.text_table("mirror"),
            index=index_by_key(topics),
        )

    def _load_words(self) -> None:
        """Load short forms and fillers, which patterns are read with, then the word families."""
        short_forms = self._checks.text_table("short").items()
        self._vocabulary = Vocabulary(
            short_forms={normalize(short): normalize(long) for short, long in short_forms},
            fillers=frozenset(str(self._data.get("filler", "")).split()),
            correct=frozenset(str(self._data.get("correct", "")).split()),
        )
        for name, words in self._checks.text_table("words").items():
            try:
                self._families[name] = compile_family(words, self._vocabulary, self._families)
            except PatternError as error:
                raise self._source.error("words", name, f"{name}: {error}") from None

    def _topic(self, kind: str, name: str) -> Topic:
        label = f"{kind}.{name}" if kind else name
        table = self._data.get(kind, {}).get(name, {}) if kind else self._data.get(name, {})
        if not isinstance(table, dict):
            raise self._source.error(label, name, "it must be a table")
        self._checks.keys(table, TOPIC_KEYS, label)
        for key in TEXT_LISTS:
            self._checks.texts(label, key, table.get(key, []))
        if kind and not table.get("say"):
            raise self._source.error(label, "", "`say` is empty; add a pattern")
        if not table.get("reply"):
            raise self._source.error(label, "", "`reply` is empty; add a reply")
        for key in ("reply", "reply_ru"):
            self._checks.replies(label, table.get(key, []))
        return Topic(
            name=name,
            counts_as=str(table.get("counts_as", name)),
            is_courtesy=bool(table.get("courtesy", False)),
            say=self._checks.have_keys(label, self._patterns(label, table.get("say", []))),
            unless=self._patterns(label, table.get("unless", [])),
            replies=tuple(table["reply"]),
            replies_ru=tuple(table.get("reply_ru", [])),
            offer=str(table.get("offer", "")),
            offer_ru=str(table.get("offer_ru", "")),
            follow_ups=self._follow_ups(label, table.get("follow", {})),
        )

    def _follow_ups(self, label: str, table: object) -> tuple[FollowUp, ...]:
        if not isinstance(table, dict):
            raise self._source.error(label, "follow", "`follow` must be a table")
        follow_ups = []
        for source, replies in table.items():
            self._checks.texts(label, source, replies)
            self._checks.replies(label, replies)
            if not replies:
                reason = f'the follow-up "{source}" has no reply; add one'
                raise self._source.error(label, source, reason)
            follow_ups.append(FollowUp(self._pattern(label, source), tuple(replies)))
        return tuple(follow_ups)

    def _patterns(self, label: str, sources: list[str]) -> tuple[Pattern, ...]:
        return tuple(self._pattern(label, source) for source in sources)

    def _pattern(self, label: str, source: str) -> Pattern:
        try:
            return compile_pattern(source, self._vocabulary, self._families)
        except PatternError as error:
            raise self._source.error(label, source, f'"{source}": {error}') from None

    def _with_typos(self, topics: tuple[Topic, ...]) -> Vocabulary:
        """Return the vocabulary with the words of all patterns, and the typos of them."""
        patterns = [pattern for topic in topics for pattern in (*topic.say, *topic.unless)]
        used = {word for pattern in patterns for word in words_of(pattern.elements)}
        known = frozenset(used | self._vocabulary.fillers)
        short_forms = self._vocabulary.short_forms.items()
        of_one_word = {short for short, long in short_forms if " " not in long}
        return replace(self._vocabulary, known=known, typo_index=typo_index(known | of_one_word))
