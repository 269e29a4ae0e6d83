"""The shipped topics: what the robot recognises."""

import pytest

from bot import topic
from bot.recognition.loading import SHIPPED as FOLDER
from bot.recognition.loading import failures
from bot.text.spelling import is_russian
from tests.bot.sample_topics import SHIPPED, ask

LARGEST_FILE = 4096  # bytes, so that a newcomer can read it


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hiya", "greeting"),
        ("how are you", "greeting"),
        ("good night", "goodbye"),
        ("thx a lot", "thanks"),
        ("\U0001f64f", "thanks"),
        ("wats the weather like", "weather"),
        ("weahter", "weather"),
        ("whats todays date", "date"),
        ("hi, what's the time?", "time"),
        ("make me laugh", "joke"),
        ("whats ur name", "bot_name"),
        ("hi, whats yuor name", "bot_name"),
        ("how old r u", "bot_age"),
        ("are yo human", "are_you_a_bot"),
        ("who built you", "who_made_you"),
        ("where r u from", "origin"),
        ("what do you do for fun", "hobbies"),
        ("why are we here", "meaning_of_life"),
        ("what can you do", "help"),
        ("what are your pets' names", "pets"),
        ("call me Bob", "set_name"),
        ("who am i", "user_name"),
        ("15% of 80", "math"),
        ("2+2", "math"),
        ("call me a taxi", None),
        ("why did my card get declined when i was trying to buy food", None),
        ("rent a car for 3/1 through 3/3", None),
        ("who are the nominees for best picture", None),
        ("hello kitty backpack", None),
        ("hi i need to book a flight to rome for two people", None),
        ("what time is my flight", None),
        ("how old is the president", None),
        ("thank you letter template", None),
        ("how do you say hello in french", None),
        ("", None),
        ("\U0001f600\U0001f600", None),
    ],
)
def test_a_message_has_the_expected_topic(text: str, expected: str | None) -> None:
    assert topic(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_topics_are_answered_in_russian(text: str, expected: str) -> None:
    assert topic(text) == expected
    assert is_russian(ask(text).text)


def test_every_example_and_counterexample_of_the_shipped_files_holds() -> None:
    assert [f"{line.path.name}: {reason}" for line, reason in failures(SHIPPED)] == []


def test_every_shipped_file_is_small() -> None:
    large = [path for path in FOLDER.rglob("*.toml") if path.stat().st_size > LARGEST_FILE]
    assert large == []


@pytest.mark.parametrize("text", ["a" * 5000, "a " * 2500, "\ufdfa" * 3000, "((((" * 900, "\x00"])
def test_any_text_gets_a_reply(text: str) -> None:
    assert ask(text).text


def test_it_never_denies_being_a_robot() -> None:
    for reply in SHIPPED.by_name["are_you_a_bot"].replies:
        words = ("robot", "machine", "software", "робот", "машин", "программ")
        assert any(word in reply.lower() for word in words)
