"""The pattern language, as the head of rules.toml describes it."""

import pytest

from bot.patterns.elements import Gap, Word, advance
from bot.text.tokens import Tokens, tokenize
from tests.bot.sample_rules import SHIPPED, one_topic, rules_of, topics_in


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("hi", "hi", True),
        ("hi", "this weather", False),
        ("hi", "HI!!!", True),
        ("cook~", "cooking", True),
        ("cook~", "uncooked", False),
        ("is it [cold|very hot]", "is it very hot", True),
        ("is it [cold|very hot]", "is it very", False),
        ("what (is) (the) time", "what time", True),
        ("what (is) (the) time", "what is the time", True),
        ("what (is) (the) time", "what was the time", False),
        ("from ... to", "from a b c d to", True),
        ("from ... to", "from a b c d e to", False),
        ("from ... to", "from here. to", False),
        ("cat & dog", "a dog and, well, a cat", True),
        ("cat & dog", "a dog. a cat", False),
        ("^ later $", "later!", True),
        ("^ later $", "well, later then", False),
        ("^ later $", "see you later", False),
        ("roll # d #", "roll 2d6", True),
        ("roll # d #", "roll two d six", True),
        ("roll # d #", "roll a die", False),
        ("call me *", "call me Bob", True),
        ("call me *", "call me", False),
        ("café", "CAFE", True),
        ("don't", "don\u2019t", True),
    ],
)
def test_a_pattern_matches_as_documented(pattern: str, text: str, matches: bool) -> None:
    assert bool(topics_in(one_topic(f'["{pattern}"]'), text)) is matches


def test_a_family_stands_for_each_of_its_words() -> None:
    rules = rules_of(
        '[topic.t]\nsay = ["see you @day"]\nreply = ["Yes."]\n',
        head='[words]\nday = "today|next week"',
    )
    assert topics_in(rules, "see you next week") == ["t"]
    assert topics_in(rules, "see you never") == []


def test_a_pattern_takes_one_step_for_each_element_whatever_the_message() -> None:
    steps = []

    class Counting(Word):
        def step(self, tokens: Tokens, start: int) -> int:
            steps.append(self.word)
            return super().step(tokens, start)

    words = tuple(Counting("a") for _ in range(6))
    tokens = tokenize("a " * 900, SHIPPED.vocabulary)
    assert advance((words[0], Gap(), *words[1:]), tokens, tokens.all_positions)
    assert len(steps) == 6
