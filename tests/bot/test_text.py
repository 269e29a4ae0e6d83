"""Reading a message: its words and the edges of its clauses."""

import pytest

from bot.text.tokens import tokenize
from tests.bot.sample_rules import SHIPPED, one_topic, topics_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What\u2019s THE time", ["what", "is", "the", "time"]),
        ("whats the time", ["what", "is", "the", "time"]),
        ("hellooooo", ["hello"]),
        ("na\u00efve", ["naive"]),
        ("he\u200bllo", ["hello"]),
        ("hello\x00there", ["hello", "there"]),
        ("\u202ehello", ["hello"]),
        ("\ud800hello", ["hello"]),
        ("\uff48\uff49", ["hi"]),
        ("well-known", ["well", "known"]),
        ("2+2", ["2", "plus", "2"]),
        ("2d6", ["2", "d", "6"]),
        ("ann's dog", ["ann", "dog"]),
        ("", []),
        ("?!", []),
    ],
)
def test_case_accents_short_forms_and_invisible_characters_do_not_matter(
    text: str, words: list[str]
) -> None:
    assert tokenize(text, SHIPPED.vocabulary).words == words


def test_fillers_do_not_hide_the_edges_of_a_clause() -> None:
    rules = one_topic('["^ later $"]', head='filler = "ok please"')
    assert topics_in(rules, "ok later please") == ["t"]
    assert topics_in(rules, "much later please") == []


def test_a_word_whose_long_form_is_empty_is_ignored_anywhere() -> None:
    rules = one_topic('["help me"]', head='[short]\nplease = ""')
    assert topics_in(rules, "help please me") == ["t"]
