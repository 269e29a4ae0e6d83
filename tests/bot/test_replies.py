"""Replies: which one is chosen, and how its placeholders are filled."""

import pytest

from bot.rules.loading import parse_rules
from bot.rules.matching import best_topic
from bot.rules.replies import Turn, given_name
from tests.bot.sample_rules import SHIPPED, ask, one_topic


def test_the_same_arguments_give_the_same_answer() -> None:
    assert ask("tell me a joke", seed=5) == ask("tell me a joke", seed=5)


def test_a_reply_is_repeated_only_after_all_others_of_its_topic() -> None:
    turns: list[Turn] = []
    jokes = len(SHIPPED.topics["joke"].replies)
    for seed in range(jokes):
        turns.append(Turn("robot", ask("tell me a joke", *turns, seed=seed).text))
    assert len({turn.text for turn in turns}) == jokes
    assert ask("tell me a joke", *turns).text == turns[0].text


def test_two_topics_are_answered_in_the_order_of_the_message() -> None:
    reply = ask("what time is it? and flip a coin")
    assert reply.topics == ("time", "flip_coin")
    assert "09:05" in reply.text


def test_a_greeting_is_returned_together_with_the_answer() -> None:
    assert ask("hi, what's the time?").topics == ("greeting", "time")
    assert best_topic(SHIPPED, "hi, what's the time?") == "time"


def test_another_one_asks_for_another_reply_of_the_last_topic() -> None:
    joke = ask("tell me a joke")
    more = ask("another one", Turn("user", "tell me a joke"), Turn("robot", joke.text))
    assert more.topics == ("joke",)
    assert more.text != joke.text
    assert more.text in SHIPPED.topics["joke"].replies


def test_a_follow_up_finds_its_topic_before_other_follow_ups() -> None:
    turns = [Turn("user", "weather?"), Turn("user", "and tomorrow?"), Turn("user", "why?")]
    assert ask("and tomorrow?", *turns).topics == ("weather",)
    assert ask("and tomorrow?").topics == ()


def test_a_name_given_in_the_conversation_replaces_that_of_the_author() -> None:
    reply = ask("what's my name", Turn("user", "call me Bob"), name="Ann")
    assert "Bob" in reply.text


@pytest.mark.parametrize(
    ("text", "name"),
    [("call me Bob", "Bob"), ("my name is Ann, please", "Ann"), ("Call me Max ok", "Max"),
     ("call me something else", ""), ("hello", "")],
)  # fmt: skip
def test_a_given_name_keeps_its_spelling(text: str, name: str) -> None:
    assert given_name(SHIPPED, ["hi", text, "thanks"]) == name


def test_fewer_than_three_offers_are_enough() -> None:
    topic = '[topic.t]\nsay = ["hi"]\nreply = ["Yes."]\noffer = "say hi"\n'
    rules = parse_rules(topic + '[fallback]\nreply = ["I can {offers}."]\n')
    assert ask("what", rules=rules).text == "I can say hi."


def test_a_reply_with_a_name_is_skipped_if_the_name_is_unknown() -> None:
    rules = one_topic('["hi"]', reply='["Hi {name}.", "Hi."]')
    assert {ask("hi", rules=rules, seed=seed).text for seed in range(9)} == {"Hi."}
    replies = {ask("hi", rules=rules, name="Ann", seed=seed).text for seed in range(9)}
    assert replies == {"Hi Ann.", "Hi."}


def test_a_reply_with_a_fact_is_preferred_and_skipped_if_the_fact_is_unknown() -> None:
    known = ask("what's the weather", facts={"weather": lambda _: "12 degrees in Bern."})
    assert "12 degrees in Bern." in known.text
    for facts in ({}, {"weather": lambda _: None}):
        assert "{" not in ask("what's the weather", facts=facts).text


def test_the_function_of_a_fact_gets_the_message() -> None:
    messages: list[str] = []

    def picture(text: str) -> str:
        messages.append(text)
        return "Blue fern"

    assert "Blue fern" in ask("show me a picture of a fern", facts={"picture": picture}).text
    assert messages == ["show me a picture of a fern"]


def test_an_unknown_sentence_is_repeated_with_its_pronouns_swapped() -> None:
    reply = ask("i feel that you hate my dog")
    assert reply.topics == ()
    assert "I hate your dog" in reply.text


def test_the_fallback_offers_something_the_robot_can_do() -> None:
    reply = ask("qwrtp zxcvb")
    assert reply.reason.endswith("fallback")
    assert any(topic.offer and topic.offer in reply.text for topic in SHIPPED.topics.values())
