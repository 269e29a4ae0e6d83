"""Topic files: which are rejected, and which line the error names."""

import pytest

from bot.recognition.recognize import evidence
from bot.recognition.source import TopicError
from tests.bot.sample_topics import topics_in, topics_of

COFFEE = """
words    = ["coffee|espresso like|drink"]
examples = ["do you drink coffee", "do you like coffee"]
not      = ["where can i buy a coffee table"]
reply    = ["Black, please."]
"""


def test_a_topic_of_words_and_examples_is_recognised() -> None:
    topics = topics_of(coffee=COFFEE)
    assert topics_in("do you drink coffee?", topics) == ["coffee"]
    assert topics_in("would you like an espresso", topics) == ["coffee"]
    assert topics_in("where can i buy a coffee table", topics) == []


def test_a_rule_needs_all_its_words_in_one_sentence_in_any_order() -> None:
    topics = topics_of(coffee=COFFEE)
    assert topics_in("espresso, do you drink it", topics) == ["coffee"]
    assert topics_in("drink. espresso", topics) == []


def test_files_of_one_name_teach_one_topic() -> None:
    topics = topics_of(coffee=COFFEE)
    assert topics.by_name["coffee"].replies == ["Black, please."]


def test_a_misspelt_word_is_mended_but_a_known_word_is_not() -> None:
    tea = 'examples = ["do you drink coffer"]\nreply = ["Hm."]\n'
    assert topics_in("do you drink cofee", topics_of(coffee=COFFEE)) == ["coffee"]
    assert topics_in("do you drink coffer", topics_of(coffee=COFFEE, chest=tea)) == ["chest"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [1,\n2", "line 2: not valid TOML"),
        (f"a = {'[' * 5000}{']' * 5000}", "line 1: not valid TOML: nested too deeply"),
        ('examples = ["hi"]\n', "`reply` is empty"),
        ('reply = ["Hm."]\n', "`examples` is empty"),
        ('examples = ["hi"]\nreplies = ["Hm."]\n', 'line 2: unknown key "replies"'),
        ('examples = ["hi"]\nreply = "Hm."\n', "line 2: `reply` must be a list of texts"),
        ('examples = ["hi"]\nreply = [" "]\n', "line 2: `reply` must be a list of texts"),
        ('examples = ["hi"]\nreply = ["{nmae}"]\n', "line 2: there is no placeholder {nmae}"),
        ('words = ["@no"]\n', "line 1: there is no family @no"),
        ('words = ["a||b"]\n', "line 1: a word is empty"),
        ('words = ["a", " "]\n', "line 1: `words` must be a list of texts"),
        ('courtesy = "yes"\n', "line 1: `courtesy` must be true or false"),
        ("follow = 1\n", "line 1: `follow` must be a table"),
    ],
)
def test_an_invalid_file_is_refused_with_file_line_and_reason(text: str, message: str) -> None:
    with pytest.raises(TopicError) as error:
        topics_of(t=text)
    assert "t.toml, line" in str(error.value)
    assert message in str(error.value)


def test_a_line_that_fails_is_named_with_what_spoke_for_and_against() -> None:
    tea = 'reply = ["Hm."]\nexamples = ["do you like tea"]\nnot = ["do you like tea"]\n'
    with pytest.raises(TopicError) as error:
        topics_of(tea=tea)
    assert 'tea.toml, line 3: "do you like tea" should not have the topic tea' in str(error.value)
    assert "against:" in str(error.value)
    assert "unknown words: none" in str(error.value)


def test_the_evidence_names_the_rule_and_the_unknown_words() -> None:
    shown = evidence(topics_of(coffee=COFFEE), "do you drink zorb coffee", ["coffee"])
    assert 'rule "coffee|espresso like|drink" +' in shown
    assert shown.endswith("unknown words: zorb")
