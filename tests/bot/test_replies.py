"""Replies: which one is chosen, and how its placeholders are filled."""

import pytest

from bot.facts.names import given_name
from bot.replies.answering import Turn
from bot.replies.fallback import fallback
from tests.bot.sample_topics import SHIPPED, ask, topics_of


def user(*texts: str) -> list[Turn]:
    return [Turn("user", text) for text in texts]


def greeting(*replies: str) -> str:
    return f'examples = ["hi", "hello"]\nreply = {list(replies)}\n'


def test_the_same_arguments_give_the_same_answer() -> None:
    assert ask("tell me a joke", seed=5) == ask("tell me a joke", seed=5)


def test_a_reply_is_repeated_only_after_all_others_of_its_topic() -> None:
    turns: list[Turn] = []
    jokes = [reply for reply in SHIPPED.by_name["joke"].replies if reply.isascii()]
    for seed in range(len(jokes)):
        turns.append(Turn("robot", ask("tell me a joke", *turns, seed=seed).text))
    assert len({turn.text for turn in turns}) == len(jokes)


def test_two_topics_are_answered_in_the_order_of_the_message() -> None:
    reply = ask("what time is it? and flip a coin")
    assert reply.topics == ("time", "flip_coin")
    assert "09:05" in reply.text


def test_a_known_name_is_told() -> None:
    for seed in range(5):
        assert "Charlie" in ask("what's my name", *user("call me Charlie"), seed=seed).text


def test_the_weather_after_a_date_is_about_the_weather() -> None:
    reply = ask("какая завтра погода в Казани", *user("какое сегодня число"))
    assert reply.topics == ("weather",)


def test_polite_words_do_not_end_a_topic() -> None:
    assert ask("another one", *user("tell me a joke", "thanks")).topics == ("joke",)


def test_another_one_asks_for_another_reply_of_the_last_topic() -> None:
    joke = ask("tell me a joke")
    more = ask("another one", Turn("user", "tell me a joke"), Turn("robot", joke.text))
    assert more.topics == ("joke",)
    assert more.text != joke.text
    assert more.text in SHIPPED.by_name["joke"].replies


@pytest.mark.parametrize(
    ("text", "answer", "topic"),
    [
        ("what name", "yours", "bot_name"),
        ("what name", "my name", "user_name"),
        ("what is the name", "mine", "user_name"),
        ("what is the name", "the first", "bot_name"),
    ],
)
def test_in_doubt_between_two_topics_it_asks_and_takes_the_answer(
    text: str, answer: str, topic: str
) -> None:
    question = ask(text)
    assert not question.topics
    assert "your name" in question.text.lower()
    assert "my name" in question.text.lower()
    turns = [Turn("user", text), Turn("robot", question.text)]
    assert ask(answer, *turns).topics == (topic,)


def test_a_follow_up_finds_its_topic_before_other_follow_ups() -> None:
    turns = user("weather?", "and tomorrow?", "why?")
    assert ask("and tomorrow?", *turns).topics == ("weather",)


def test_a_sum_goes_on() -> None:
    assert "= 28" in ask("and divided by 3?", *user("what is 12 times 7")).text
    assert "= 30" in ask("plus 2", *user("12 * 7", "and divided by 3?")).text
    assert "= 1" in ask("times 3", *user("1/3")).text
    assert ask("and divided by 3?").topics == ()


def test_the_time_in_another_place() -> None:
    assert "17:05" in ask("what time is it in Tokyo?").text
    assert "11:05" in ask("который час в Москве?").text
    assert "Xanadu" in ask("what time is it in Xanadu?").text


def test_a_weekday_question_is_answered() -> None:
    assert "Thursday" in ask("what day of the week is 24 December?").text
    assert "четверг" in ask("какой день недели 24 декабря?").text.lower()
    assert "Sunday" in ask("what day was July 4 1976").text


@pytest.mark.parametrize(
    ("text", "name"),
    [("call me Bob", "Bob"), ("my name is Ann, please", "Ann"), ("Call me Max ok", "Max"),
     ("call me something else", ""), ("call me a taxi", ""), ("hello", ""),
     ("меня зовут Иван", "Иван"), ("i'm anna by the way", "Anna"), ("i'm tired", ""),
     ("понятно. меня боря зовут", "Боря"), ("her name is Mia", "")],
)  # fmt: skip
def test_a_given_name_keeps_its_spelling(text: str, name: str) -> None:
    assert given_name(text) == name


def test_a_name_given_in_the_conversation_replaces_that_of_the_author() -> None:
    assert "Bob" in ask("what's my name", *user("call me Bob"), name="Ann").text
    assert "Ann" in ask("what's my name", *user("call me a taxi"), name="Ann").text


def test_a_shared_picture_gets_its_caption() -> None:
    facts = {"caption": lambda text: "Fern: a leaf of leaves." if "“Fern”" in text else ""}
    assert ask("Look at “Fern”: fern.webp", facts=facts).text == "Fern: a leaf of leaves."


def test_a_reply_with_a_name_is_skipped_if_the_name_is_unknown() -> None:
    topics = topics_of(t=greeting("Hi {name}.", "Hi."))
    assert {ask("hi", topics=topics, seed=seed).text for seed in range(9)} == {"Hi."}
    replies = {ask("hi", topics=topics, name="Ann", seed=seed).text for seed in range(9)}
    assert replies == {"Hi Ann.", "Hi."}


def test_a_reply_with_a_fact_is_preferred_and_skipped_if_the_fact_is_unknown() -> None:
    known = ask("what's the weather", facts={"weather": lambda _: "12 degrees in Bern."})
    assert "12 degrees in Bern." in known.text
    for facts in ({}, {"weather": lambda _: None}):
        assert "{" not in ask("what's the weather", facts=facts).text


def test_an_unknown_sentence_is_repeated_with_its_pronouns_swapped() -> None:
    reply = ask("i feel that you hate my zorb")
    assert reply.topics == ()
    assert "I hate your zorb" in reply.text


def test_the_fallback_offers_something_the_robot_can_do() -> None:
    reply = ask("qwrtp zxcvb")
    assert reply.reason.endswith("fallback")
    offers = [offer for topic in SHIPPED.by_name.values() for offer in topic.offers]
    assert any(offer in reply.text for offer in offers)
    assert fallback().replies
