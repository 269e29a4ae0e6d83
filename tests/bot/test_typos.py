"""Typos: which are corrected, and when a corrected word decides."""

import pytest

from bot.text import typos
from bot.text.typos import MAX_CORRECTED, is_one_typo
from bot.text.vocabulary import Vocabulary
from tests.bot.sample_rules import SHIPPED, one_topic, rules_of, topics_in


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("weather", "wether", True),
        ("weather", "weeather", True),
        ("weather", "wexther", True),
        ("weather", "weahter", True),
        ("weather", "weather", False),
        ("weather", "wetehr", False),
        ("ab", "ba", True),
        ("", "a", True),
        ("", "", False),
    ],
)
def test_one_typo_is_one_changed_letter_or_one_swap(a: str, b: str, expected: bool) -> None:
    assert is_one_typo(a, b) is expected
    assert is_one_typo(b, a) is expected


def test_a_typo_is_corrected_only_if_nothing_matches_without_correction() -> None:
    rules = rules_of(
        '[topic.weather]\nsay = ["weather"]\nreply = ["W."]\n',
        '[topic.wether]\nsay = ["wether"]\nreply = ["A sheep."]\n',
    )
    assert topics_in(rules, "wether") == ["wether"]
    assert topics_in(rules, "waether") == ["weather"]


def test_a_word_listed_as_correct_is_never_a_typo() -> None:
    assert topics_in(one_topic('["weather"]'), "heather") == ["t"]
    assert topics_in(one_topic('["weather"]', head='correct = "heather"'), "heather") == []


def test_one_short_misspelt_word_does_not_decide_a_long_message() -> None:
    rules = one_topic('["weather"]')
    assert topics_in(rules, "waether please") == ["t"]
    assert topics_in(rules, "i booked a table in the name of waether") == []


def test_one_long_misspelt_word_decides_a_long_message() -> None:
    rules = one_topic('["temperature"]')
    assert topics_in(rules, "could you look up in the paper what tempreature") == ["t"]


def test_a_question_with_a_typo_ranks_above_a_greeting_without() -> None:
    rules = rules_of(
        '[topic.hi]\ncourtesy = true\nsay = ["hello"]\nreply = ["H."]\n',
        '[topic.weather]\nsay = ["weather"]\nreply = ["W."]\n',
    )
    assert topics_in(rules, "hello waether") == ["weather", "hi"]
    assert topics_in(rules, "hello xqzt") == ["hi"]


def test_a_single_letter_is_never_a_typo() -> None:
    assert topics_in(one_topic('["^ me $"]'), "x") == []


def test_a_typo_in_a_short_word_counts_only_with_three_matching_words() -> None:
    rules = rules_of(
        '[topic.age]\nsay = ["how old are you"]\nreply = ["A."]\n',
        '[topic.bye]\nsay = ["bye"]\nreply = ["B."]\n',
    )
    assert topics_in(rules, "hw old ar you") == ["age"]
    assert topics_in(rules, "bxe to you") == []


def test_the_words_of_a_choice_count_towards_these_three() -> None:
    rules = one_topic('["how (old) [are|is] [you|the world] [$|today]"]')
    assert topics_in(rules, "hou are you today") == ["t"]


def test_a_misspelt_filler_or_short_form_is_corrected() -> None:
    rules = one_topic('["^ thanks $"]', head='filler = "please"\n[short]\nthanx = "thanks"')
    assert topics_in(rules, "thanks plaese") == ["t"]
    assert topics_in(rules, "plaese thanks") == ["t"]
    assert topics_in(rules, "tahnx") == ["t"]


def test_a_typo_in_a_short_word_excludes_no_topic() -> None:
    rules = one_topic('["what year are we in"]', unless='["car"]')
    assert topics_in(rules, "what year ar we in") == ["t"]
    assert topics_in(rules, "what year ar we in, car") == []


def test_the_number_of_corrected_words_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []

    def corrections(word: str, _: Vocabulary) -> list[str]:
        looked_up.append(word)
        return []

    monkeypatch.setattr(typos, "corrections", corrections)
    gibberish = " ".join(f"{'q' * (i % 9 + 1)}{chr(97 + i % 26)}z" for i in range(400))
    assert topics_in(SHIPPED, gibberish) == []
    assert 0 < len(looked_up) <= 2 * MAX_CORRECTED
