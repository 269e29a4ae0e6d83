"""Loading a rules file: which files are rejected, and which line the error names."""

import pytest

from bot.rules.loading import parse_rules
from bot.rules.source import RulesError
from tests.bot.sample_rules import FALLBACK, one_topic


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[topic.t\n", "line 1: not valid TOML"),
        ("a = 1\nb = [1,\n2", "line 3: not valid TOML: Unclosed array (at end of document)"),
        ('[topic.t]\nsay = ["hi"]\nreply = []\n', "line 1, topic t: `reply` is empty"),
        ('[topic.t]\nsay = ["hi"]\nreply = [" "]\n', "topic t: a reply is empty"),
        ('[topic.t]\nsay = []\nreply = ["Yes."]\n', "line 1, topic t: `say` is empty"),
        ('[topic.t]\nsay = ["hi"]\nreplies = ["Yes."]\n', 'line 3, topic t: unknown key "replies"'),
        ('tpoic = 1\n[topic.t]\nsay = ["hi"]\nreply = ["Y"]\n', 'line 1: unknown key "tpoic"'),
        (
            '[topic.t]\nsay = "hi"\nreply = ["Yes."]\n',
            "line 2, topic t: say must be a list of strings",
        ),
        ('[topic.t]\nsay = ["[hi"]\nreply = ["Yes."]\n', 'line 2, topic t: "[hi": "[" is never'),
        ('[topic.t]\nsay = ["hi]"]\nreply = ["Yes."]\n', 'line 2, topic t: "hi]": unexpected "]"'),
        ('[topic.t]\nsay = ["@no"]\nreply = ["Yes."]\n', "there is no word family @no"),
        ('[topic.t]\nsay = ["(hi)"]\nreply = ["Yes."]\n', "every word in it is optional"),
        ('[topic.t]\nsay = ["hi (a|$)"]\nreply = ["Yes."]\n', "in round brackets"),
        ('[topic.t]\nsay = ["hi [|a]"]\nreply = ["Yes."]\n', "a choice is empty"),
        ('[topic.t]\nsay = ["hi"]\nreply = ["{nmae}"]\n', "there is no placeholder {nmae}"),
        (
            '[topic.t]\nsay = ["hi"]\nreply = ["Y"]\ntest = ["bye"]\n',
            'line 4, topic t: "bye" should match, but it matches nothing',
        ),
        (
            '[topic.t]\nsay = ["hi"]\nreply = ["Y"]\ntest_not = ["hi ho"]\n',
            'line 4, topic t: "hi ho" should not match, but it matches "hi"',
        ),
    ],
)
def test_an_invalid_file_is_refused_with_line_topic_and_reason(source: str, message: str) -> None:
    with pytest.raises(RulesError) as error:
        parse_rules(source + FALLBACK if "not valid TOML" not in message else source)
    assert message in str(error.value)


def test_an_error_in_a_follow_up_names_its_line() -> None:
    topic = '[topic.t]\nsay = ["hi"]\nreply = ["Y"]\n[topic.t.follow]\n"why" = ["{oops}"]\n'
    with pytest.raises(RulesError, match=r"line 5, topic t: there is no placeholder \{oops\}"):
        parse_rules(topic + FALLBACK)


def test_deeply_nested_brackets_are_refused() -> None:
    deep = "[a|" * 9 + "b" + "]" * 9
    with pytest.raises(RulesError, match="too many brackets"):
        one_topic(f'["{deep}"]')
