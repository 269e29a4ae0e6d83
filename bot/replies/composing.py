"""Chooses among the replies of a topic, and fills their placeholders."""

from collections.abc import Sequence

from bot.replies.placeholders import ANSWERS, FACTS, PLACEHOLDER, Situation, placeholder_value
from bot.text.spelling import is_russian


class Composer:
    """Composes the reply to one message. Each placeholder has the same value throughout."""

    def __init__(
        self, situation: Situation, offers: Sequence[str], earlier_replies: Sequence[str]
    ) -> None:
        self._situation = situation
        self._offers = offers
        self._earlier_replies = earlier_replies
        self._is_russian = is_russian(situation.text)
        self._values: dict[str, str] = {}

    def compose(
        self, replies: Sequence[str], *, wildcard: str = "", others: Sequence[str] = ()
    ) -> str:
        """Return a reply that was not used lately, in the language of the message.

        Templates with a placeholder that has no value are skipped. `others` are the replies that
        {again} chooses from. Returns an empty string if no template is left.
        """
        self._values["it"] = wildcard
        for template in self._in_order(self.in_language(replies)):
            names = PLACEHOLDER.findall(template)
            if all(self._value(name, others) for name in names):
                text = PLACEHOLDER.sub(lambda match: self._value(match[1], others), template)
                return text[:1].upper() + text[1:]
        return ""

    def in_language(self, texts: Sequence[str]) -> list[str]:
        """Return the texts in the language of the message, or all if none is in it."""
        own = [text for text in texts if is_russian(text) == self._is_russian]
        neutral = [text for text in texts if not PLACEHOLDER.sub("", text).strip(" .!?():,")]
        return [*own, *(text for text in neutral if text not in own)] or list(texts)

    def _in_order(self, templates: Sequence[str]) -> list[str]:
        """Sort the templates: with facts first, then unused ones, then by their last use."""
        shuffled = list(templates)
        self._situation.random.shuffle(shuffled)
        last_use = {template: self._last_use(template) for template in shuffled}
        return sorted(shuffled, key=lambda template: (-_rank(template), last_use[template]))

    def _last_use(self, template: str) -> int:
        """Return the number of the latest reply made from the template, or 0."""
        longest_piece = max(PLACEHOLDER.split(template)[::2], key=len)
        for number in reversed(range(len(self._earlier_replies))):
            if longest_piece in self._earlier_replies[number]:
                return number + 1
        return 0

    def _value(self, name: str, others: Sequence[str]) -> str:
        if name == "again":  # not stored, because each use should give a different reply
            return self.compose([reply for reply in others if "{again}" not in reply])
        if name not in self._values:
            self._values[name] = placeholder_value(name, self._situation, self._offers)
        return self._values[name]


def _rank(template: str) -> int:
    """Return 2 if a template answers a special question, 1 if it has a fact, and otherwise 0."""
    names = set(PLACEHOLDER.findall(template))
    return 2 if names & ANSWERS else int(bool(names & FACTS))
