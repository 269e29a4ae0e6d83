"""The shipped rules: which topics they recognise, and what they reply."""

import pytest

from bot.rules.matching import best_topic
from bot.text.spelling import is_russian
from tests.bot.sample_rules import SHIPPED, ask


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("hiya", "greeting"),
        ("yo", "greeting"),
        ("gm", "greeting"),
        ("sup", "greeting"),
        ("how are you", "greeting"),
        ("cya", "goodbye"),
        ("ttyl", "goodbye"),
        ("thanks, bye", "goodbye"),
        ("ty", "thanks"),
        ("thx a lot", "thanks"),
        ("wats the weather like", "weather"),
        ("weahter", "weather"),
        ("what time is it", "time"),
        ("whats todays date", "date"),
        ("make me laugh", "joke"),
        ("hello, may i have your name", "bot_name"),
        ("whats ur name", "bot_name"),
        ("how old r u", "bot_age"),
        ("r u human", "are_you_a_bot"),
        ("what r u", "are_you_a_bot"),
        ("who built you", "who_made_you"),
        ("where r u from", "origin"),
        ("what do you do for fun", "hobbies"),
        ("why are we here", "meaning_of_life"),
        ("what can you do", "help"),
        ("hi, whats yuor name", "bot_name"),
        ("are yo human", "are_you_a_bot"),
        ("can you please help me", "help"),
        ("that was a really good answer", "thanks"),
        ("you are so clever", "compliment"),
        ("that's awesome", "thanks"),
        ("you're the best", "thanks"),
        ("you've been helpful", "thanks"),
        ("what lab were you made in", "origin"),
        ("who is your maker", "who_made_you"),
        ("what are your pets' names", "pets"),
        ("what's the name i gave you", "user_name"),
        ("hello again my friend", "greeting"),
        ("good morning america episode guide", None),
        ("goodbye yellow brick road lyrics", None),
        ("hello kitty backpack", None),
        ("when were you switched on", "bot_age"),
        ("15% of 80", "math"),
        ("this weather", "weather"),
        ("which is in the third ship", None),
        ("what time is my flight", None),
        ("set a timer for ten minutes", None),
        ("who made this lamp", None),
        ("how old is the president", None),
        ("thank you letter template", None),
        ("what is the date of my meeting", None),
        ("change your name", None),
        ("how do you say hello in french", None),
        ("", None),
        ("\U0001f600", None),
    ],
)
def test_a_message_has_the_expected_topic(text: str, topic: str | None) -> None:
    assert best_topic(SHIPPED, text) == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("привет", "greeting"),
        ("пока", "goodbye"),
        ("спасибо", "thanks"),
        ("какая сегодня погода", "weather"),
        ("который час", "time"),
        ("какое сегодня число", "date"),
        ("расскажи анекдот", "joke"),
        ("как тебя зовут", "bot_name"),
        ("сколько тебе лет", "bot_age"),
        ("ты робот?", "are_you_a_bot"),
        ("кто тебя создал", "who_made_you"),
        ("откуда ты", "origin"),
        ("какие твои увлечения", "hobbies"),
        ("в чём смысл жизни", "meaning_of_life"),
        ("что ты умеешь", "help"),
    ],
)
def test_fifteen_topics_are_answered_in_russian(text: str, topic: str) -> None:
    assert best_topic(SHIPPED, text) == topic
    assert is_russian(ask(text).text)


def test_every_topic_has_at_least_six_replies_in_english() -> None:
    assert [t.name for t in SHIPPED.topics.values() if len(t.replies) < 6] == []


def test_a_greeting_is_not_the_topic_of_a_long_request() -> None:
    assert best_topic(SHIPPED, "hi i need to book a flight to rome for two people") is None
    assert best_topic(SHIPPED, "hello kitty toys price") is None


@pytest.mark.parametrize("text", ["a" * 5000, "a " * 2500, "\ufdfa" * 3000, "((((" * 900, "\x00"])
def test_any_text_gets_a_reply(text: str) -> None:
    assert ask(text).text


def test_it_never_denies_being_a_robot() -> None:
    for reply in SHIPPED.topics["are_you_a_bot"].replies:
        assert any(word in reply.lower() for word in ("robot", "machine", "software"))
