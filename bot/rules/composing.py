"""Chooses a reply of a topic and fills its placeholders."""

from collections.abc import Sequence

from bot.rules.model import Rules, Topic
from bot.rules.placeholders import FACTS, PLACEHOLDER, Situation, placeholder_value
from bot.text.spelling import is_russian


class Composer:
    """Composes the reply to one message. Each placeholder has the same value throughout."""

    def __init__(self, rules: Rules, situation: Situation, earlier_replies: Sequence[str]) -> None:
        self._rules = rules
        self._situation = situation
        self._earlier_replies = earlier_replies
        self._is_russian = is_russian(situation.text)
        self._values: dict[str, str] = {}

    def compose(self, topic: Topic, *, wildcard: str = "", pool: Sequence[str] = ()) -> str:
        """Return a reply of the topic, or of `pool`, that was not used lately.

        Templates with a placeholder that has no value are skipped. Returns an empty string if
        no template is left.
        """
        self._values["it"] = wildcard
        for template in self._in_order(pool or self._replies(topic)):
            names = PLACEHOLDER.findall(template)
            if all(self._value(name, topic) for name in names):
                text = PLACEHOLDER.sub(lambda match: self._value(match[1], topic), template)
                return text[:1].upper() + text[1:]
        return ""

    def _replies(self, topic: Topic) -> tuple[str, ...]:
        return topic.replies_ru if self._is_russian and topic.replies_ru else topic.replies

    def _in_order(self, templates: Sequence[str]) -> list[str]:
        """Sort the templates: with facts first, then unused ones, then by their last use."""
        shuffled = list(templates)
        self._situation.random.shuffle(shuffled)
        last_use = {template: self._last_use(template) for template in shuffled}
        return sorted(shuffled, key=lambda template: (not _has_fact(template), last_use[template]))

    def _last_use(self, template: str) -> int:
        """Return the number of the latest reply made from the template, or 0."""
        longest_piece = max(PLACEHOLDER.split(template)[::2], key=len)
        for number in reversed(range(len(self._earlier_replies))):
            if longest_piece in self._earlier_replies[number]:
                return number + 1
        return 0

    def _value(self, name: str, topic: Topic) -> str:
        if name == "again":  # not stored, because each use should give a different reply
            pool = [reply for reply in self._replies(topic) if "{again}" not in reply]
            return self.compose(topic, pool=pool)
        if name not in self._values:
            offers = [
                t.offer_ru if self._is_russian else t.offer for t in self._rules.topics.values()
            ]
            self._values[name] = placeholder_value(name, self._situation, offers)
        return self._values[name]


def _has_fact(template: str) -> bool:
    return any(name in FACTS for name in PLACEHOLDER.findall(template))
