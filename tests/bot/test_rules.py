"""Rules: what is matched, what is not, and what is said."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import pytest

from bot import rules, words
from bot.rules import Reply, RulesError, Turn, parse
from bot.sums import SumError, solve

ROOT = Path(__file__).parent.parent.parent
SHIPPED = parse((ROOT / "bot" / "rules.toml").read_text("utf-8"))
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=1)))
FALLBACK = '[fallback]\nreply = ["No idea."]\n'


def small(*topics: str, head: str = "") -> rules.Rules:
    return parse("\n".join([head, *topics, FALLBACK]))


def one(say: str, *, unless: str = "[]", reply: str = '["Yes."]', more: str = "") -> rules.Rules:
    return small(f"[topic.t]\nsay = {say}\nunless = {unless}\nreply = {reply}\n{more}")


def found(rules_: rules.Rules, text: str) -> list[str]:
    return [match.topic for match in rules_.topics(text)]


def ask(
    text: str,
    *turns: Turn,
    book: rules.Rules = SHIPPED,
    name: str = "",
    seed: int = 1,
    facts: Mapping[str, rules.Fact] | None = None,
) -> Reply:
    return book.reply(text, name=name, turns=turns, now=NOW, random=Random(seed), facts=facts)


# --- the word language -------------------------------------------------------------------


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
def test_a_pattern_finds_whole_words_as_documented(pattern: str, text: str, matches: bool) -> None:
    assert bool(found(one(f'["{pattern}"]'), text)) is matches


@pytest.mark.parametrize(
    ("text", "heard"),
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
def test_writing_is_made_plain(text: str, heard: list[str]) -> None:
    assert words.read(text, SHIPPED.book).words == heard


def test_fillers_do_not_hide_the_edges_of_a_clause() -> None:
    book = small('[topic.t]\nsay = ["^ later $"]\nreply = ["Yes."]\n', head='filler = "ok please"')
    assert found(book, "ok later please") == ["t"]
    assert found(book, "much later please") == []


def test_the_more_specific_rule_wins_the_same_words() -> None:
    book = small(
        '[topic.name]\nsay = ["name"]\nreply = ["N."]\n',
        '[topic.dog]\nsay = ["name of your dog"]\nreply = ["D."]\n',
    )
    assert found(book, "the name of your dog") == ["dog"]


def test_a_veto_takes_the_topic_away_and_only_that_topic() -> None:
    book = small(
        '[topic.heat]\nsay = ["hot"]\nunless = ["oven"]\nreply = ["H."]\n',
        '[topic.food]\nsay = ["bread"]\nreply = ["B."]\n',
    )
    assert found(book, "hot bread") == ["heat", "food"]
    assert found(book, "hot oven bread") == ["food"]


def test_a_veto_for_all_takes_every_topic_away() -> None:
    topic = '[topic.t]\nsay = ["hello"]\nreply = ["Yes."]\n'
    assert found(small(topic), "hello in french") == ["t"]
    assert found(small(topic, head='unless = ["in french"]'), "hello in french") == []


def test_a_family_of_words_stands_for_each_of_them() -> None:
    book = small(
        '[topic.t]\nsay = ["see you @day"]\nreply = ["Yes."]\n',
        head='[words]\nday = "today|next week"',
    )
    assert found(book, "see you next week") == ["t"]
    assert found(book, "see you never") == []


# --- slips of the finger -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "near"),
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
def test_one_slip_is_one_letter_or_one_swap(a: str, b: str, near: bool) -> None:
    assert words.one_slip(a, b) is near
    assert words.one_slip(b, a) is near


def test_a_slip_is_forgiven_only_where_nothing_matched_outright() -> None:
    book = small(
        '[topic.weather]\nsay = ["weather"]\nreply = ["W."]\n',
        '[topic.wether]\nsay = ["wether"]\nreply = ["A sheep."]\n',
    )
    assert found(book, "wether") == ["wether"]
    assert found(book, "waether") == ["weather"]


def test_a_real_word_is_nobodys_slip() -> None:
    topic = '[topic.t]\nsay = ["weather"]\nreply = ["W."]\n'
    assert found(small(topic), "heather") == ["t"]
    assert found(small(topic, head='correct = "heather"'), "heather") == []


def test_one_misspelt_word_does_not_decide_a_long_message() -> None:
    book = one('["weather"]')
    assert found(book, "waether please") == ["t"]
    assert found(book, "i booked a table in the name of waether") == []


def test_one_long_misspelt_word_decides_even_there() -> None:
    book = one('["temperature"]')
    assert found(book, "could you look up in the paper what tempreature") == ["t"]


def test_a_question_with_a_slip_wins_over_a_greeting_without() -> None:
    book = small(
        '[topic.hi]\ncourtesy = true\nsay = ["hello"]\nreply = ["H."]\n',
        '[topic.weather]\nsay = ["weather"]\nreply = ["W."]\n',
    )
    assert found(book, "hello waether") == ["weather", "hi"]
    assert found(book, "hello xqzt") == ["hi"]


def test_one_letter_is_nobodys_slip() -> None:
    assert found(one('["^ me $"]'), "x") == []


def test_a_slip_in_a_short_word_needs_three_words_around_it() -> None:
    book = small(
        '[topic.age]\nsay = ["how old are you"]\nreply = ["A."]\n',
        '[topic.bye]\nsay = ["bye"]\nreply = ["B."]\n',
    )
    assert found(book, "hw old ar you") == ["age"]
    assert found(book, "bxe to you") == []


def test_a_word_that_is_short_for_nothing_may_stand_anywhere() -> None:
    book = small('[topic.t]\nsay = ["help me"]\nreply = ["Y."]\n', head='[short]\nplease = ""')
    assert found(book, "help please me") == ["t"]


def test_the_words_between_may_be_any_of_a_choice_that_demands_fewer() -> None:
    book = one('["how (old) [are|is] [you|the world] [$|today]"]')
    assert found(book, "hou are you today") == ["t"]


def test_a_filler_and_a_short_form_may_be_misspelt_too() -> None:
    head = 'filler = "please"\n[short]\nthanx = "thanks"'
    book = small('[topic.t]\nsay = ["^ thanks $"]\nreply = ["W."]\n', head=head)
    assert found(book, "thanks plaese") == ["t"]
    assert found(book, "plaese thanks") == ["t"]
    assert found(book, "tahnx") == ["t"]


def test_a_misspelt_short_word_vetoes_nothing() -> None:
    book = one('["what year are we in"]', unless='["car"]')
    assert found(book, "what year ar we in") == ["t"]
    assert found(book, "what year ar we in, car") == []


# --- the shipped rules -----------------------------------------------------------------------


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
def test_the_shipped_rules_know_what_is_meant(text: str, topic: str | None) -> None:
    assert rules.topic(text) == topic


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
    assert rules.topic(text) == topic
    assert rules.CYRILLIC.search(ask(text).text)


def test_every_topic_has_six_replies_or_more_in_english() -> None:
    assert [t.name for t in SHIPPED.known if len(t.reply) < 6] == []


def test_a_greeting_alone_does_not_answer_a_long_request() -> None:
    assert rules.topic("hi i need to book a flight to rome for two people") is None
    assert rules.topic("hello kitty toys price") is None


@pytest.mark.parametrize("text", ["a" * 5000, "a " * 2500, "\ufdfa" * 3000, "((((" * 900, "\x00"])
def test_any_text_is_answered(text: str) -> None:
    assert ask(text).text


def test_a_pattern_takes_one_step_for_each_element_however_long_the_message() -> None:
    steps = []

    class Counting(words.Word):
        def step(self, text: words.Text, at: int) -> int:
            steps.append(self.word)
            return super().step(text, at)

    row = tuple(Counting("a") for _ in range(6))
    text = words.read("a " * 900, SHIPPED.book)
    assert words.walk((row[0], words.Gap(), *row[1:]), text, text.everywhere)
    assert len(steps) == 6


def test_only_so_many_misspelt_words_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []

    def meant(word: str, _: words.Dictionary) -> list[str]:
        looked_up.append(word)
        return []

    monkeypatch.setattr(words, "meant", meant)
    gibberish = " ".join(f"{'q' * (i % 9 + 1)}{chr(97 + i % 26)}z" for i in range(400))
    assert SHIPPED.topics(gibberish) == []
    assert len(looked_up) <= 2 * words.MAX_FORGIVEN


# --- replies -------------------------------------------------------------------------------


def test_the_same_arguments_give_the_same_answer() -> None:
    assert ask("tell me a joke", seed=5) == ask("tell me a joke", seed=5)


def test_replies_do_not_repeat_until_the_pool_is_used_up_although_nothing_is_kept() -> None:
    turns: list[Turn] = []
    jokes = len(SHIPPED.by_name["joke"].reply)
    for seed in range(jokes):
        turns.append(Turn("robot", ask("tell me a joke", *turns, seed=seed).text))
    assert len({turn.text for turn in turns}) == jokes
    assert ask("tell me a joke", *turns).text == turns[0].text


def test_two_topics_get_both_answers_in_the_order_asked() -> None:
    reply = ask("what time is it? and flip a coin")
    assert reply.topics == ("time", "flip_coin")
    assert "09:05" in reply.text


def test_a_greeting_is_returned_beside_the_answer() -> None:
    assert ask("hi, what's the time?").topics == ("greeting", "time")
    assert rules.topic("hi, what's the time?") == "time"


def test_another_one_is_another_one_of_the_last_topic() -> None:
    joke = ask("tell me a joke")
    more = ask("another one", Turn("user", "tell me a joke"), Turn("robot", joke.text))
    assert more.topics == ("joke",)
    assert more.text != joke.text
    assert more.text in SHIPPED.by_name["joke"].reply


def test_a_follow_up_reaches_back_over_other_follow_ups() -> None:
    turns = [Turn("user", "weather?"), Turn("user", "and tomorrow?"), Turn("user", "why?")]
    assert ask("and tomorrow?", *turns).topics == ("weather",)
    assert ask("and tomorrow?").topics == ()


def test_a_name_told_in_the_talk_is_used() -> None:
    reply = ask("what's my name", Turn("user", "call me Bob"), name="Ann")
    assert "Bob" in reply.text


@pytest.mark.parametrize(
    ("text", "name"),
    [("call me Bob", "Bob"), ("my name is Ann, please", "Ann"), ("Call me Max ok", "Max"),
     ("call me something else", ""), ("hello", "")],
)  # fmt: skip
def test_the_name_is_taken_as_it_was_written(text: str, name: str) -> None:
    assert SHIPPED.told_name(["hi", text, "thanks"]) == name


def test_few_offers_are_enough() -> None:
    topic = '[topic.t]\nsay = ["hi"]\nreply = ["Yes."]\noffer = "say hi"\n'
    book = parse(topic + '[fallback]\nreply = ["I can {offers}."]\n')
    assert ask("what", book=book).text == "I can say hi."


def test_a_reply_with_a_name_is_left_out_while_there_is_none() -> None:
    book = one('["hi"]', reply='["Hi {name}.", "Hi."]')
    assert {ask("hi", book=book, seed=seed).text for seed in range(9)} == {"Hi."}
    said = {ask("hi", book=book, name="Ann", seed=seed).text for seed in range(9)}
    assert said == {"Hi Ann.", "Hi."}


def test_a_fact_is_preferred_and_its_absence_is_no_invention() -> None:
    known = ask("what's the weather", facts={"weather": lambda _: "12 degrees in Bern."})
    assert "12 degrees in Bern." in known.text
    for facts in ({}, {"weather": lambda _: None}):
        assert "{" not in ask("what's the weather", facts=facts).text


def test_the_picture_is_looked_for_in_what_was_asked() -> None:
    asked: list[str] = []

    def picture(text: str) -> str:
        asked.append(text)
        return "Blue fern"

    assert "Blue fern" in ask("show me a picture of a fern", facts={"picture": picture}).text
    assert asked == ["show me a picture of a fern"]


def test_time_and_date_are_those_passed_in_and_name_their_zone() -> None:
    assert "09:05" in ask("what time is it").text
    assert "UTC+01:00" in ask("what time is it").text
    assert "Monday, 23 November 2026" in ask("what's the date").text
    assert "24 ноября 2026" in ask("какое число завтра").text


@pytest.mark.parametrize(
    ("text", "when", "date"),
    [
        ("what date is it tomorrow", "tomorrow", "Tuesday, 24 November 2026"),
        ("the date in 10 days", "in 10 days", "Thursday, 3 December 2026"),
        ("two weeks from now", "in two weeks", "Monday, 7 December 2026"),
        ("the day before yesterday", "the day before yesterday", "Saturday, 21 November 2026"),
        ("in 99999 days", "in 99999 days", "Friday, 7 September 2300"),
    ],
)
def test_days_are_counted_from_now(text: str, when: str, date: str) -> None:
    assert rules.asked_day(text, NOW) == (when, date)


def test_zones_are_named_without_guessing() -> None:
    assert rules.zone(NOW) == "UTC+01:00"
    assert rules.zone(NOW.astimezone(UTC)) == "UTC"


@pytest.mark.parametrize(
    ("text", "low", "high", "many"),
    [("roll a die", 1, 6, 1), ("roll 2d6", 1, 6, 2), ("roll two dice", 1, 6, 2),
     ("a ten sided die", 1, 10, 1), ("roll 999d99999", 1, 1000, 12)],
)  # fmt: skip
def test_dice_are_as_asked_for_within_bounds(text: str, low: int, high: int, many: int) -> None:
    for seed in range(20):
        rolled = rules.roll(text, Random(seed)).split(" = ")[0].split(" + ")
        assert len(rolled) == many
        assert all(low <= int(value) <= high for value in rolled)


def test_pronouns_are_turned_back_as_a_last_resort() -> None:
    reply = ask("i feel that you hate my dog")
    assert reply.topics == ()
    assert "I hate your dog" in reply.text


def test_the_fallback_offers_what_the_robot_can_do() -> None:
    reply = ask("qwrtp zxcvb")
    assert reply.why.endswith("fallback")
    assert any(topic.offer and topic.offer in reply.text for topic in SHIPPED.known)


def test_it_says_plainly_that_it_is_a_robot() -> None:
    for reply in SHIPPED.by_name["are_you_a_bot"].reply:
        assert any(word in reply.lower() for word in ("robot", "machine", "software"))


# --- sums ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "solved"),
    [
        ("what is 12 times 7", "12 \u00d7 7 = 84"),
        ("2 + 3 * 4", "2 + 3 \u00d7 4 = 14"),
        ("(2 + 3) * 4", "(2 + 3) \u00d7 4 = 20"),
        ("2 ^ 3 ^ 2", "2 ^ 3 ^ 2 = 512"),
        ("15% of 80", "15% of 80 = 12"),
        ("30% off 235", "30% off 235 = 164.5"),
        ("square root of 144", "\u221a144 = 12"),
        ("square root of 2", "\u221a2 = 1.414214"),
        ("add 5 and 89", "5 + 89 = 94"),
        ("the sum of 3, 7, and 9", "3 + 7 + 9 = 19"),
        ("subtract 36 from 5", "5 \u2212 36 = -31"),
        ("twenty one plus two", "21 + 2 = 23"),
        ("1/3", "1 \u00f7 3 = 0.333333"),
        ("8 factorial", "8! = 40320"),
        ("hello", ""),
        ("((((", ""),
    ],
)
def test_sums_are_solved(text: str, solved: str) -> None:
    assert solve(text) == solved


@pytest.mark.parametrize(
    "text",
    ["5 / 0", "0 ^ -1", "9 ^ 9 ^ 9", "9 ^ 99999", "sqrt(-4)", "500 factorial", "2 ^ 0.5",
     "1 + " * 90 + "1", "(" * 40 + "1 + 1", "9" * 40 + " + 1"],
)  # fmt: skip
def test_what_cannot_be_computed_is_refused_kindly(text: str) -> None:
    with pytest.raises(SumError) as error:
        solve(text)
    if len(text) < 60:
        assert str(error.value).lower() in ask(f"what is {text}").text.lower()


# --- refusing a rules file ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[topic.t\n", "line 1: not TOML"),
        ("a = 1\nb = [1,\n2", "line 3: not TOML: Unclosed array (at end of document)"),
        ('[topic.t]\nsay = ["hi"]\nreply = []\n', "line 1, topic t: it has no reply"),
        ('[topic.t]\nsay = ["hi"]\nreply = [" "]\n', "topic t: an empty reply"),
        ('[topic.t]\nsay = []\nreply = ["Yes."]\n', "line 1, topic t: it says nothing"),
        ('[topic.t]\nsay = ["hi"]\nreplies = ["Yes."]\n', 'line 3, topic t: unknown key "replies"'),
        ('tpoic = 1\n[topic.t]\nsay = ["hi"]\nreply = ["Y"]\n', 'line 1: unknown key "tpoic"'),
        ('[topic.t]\nsay = "hi"\nreply = ["Yes."]\n', "line 2, topic t: say must be a list"),
        ('[topic.t]\nsay = ["[hi"]\nreply = ["Yes."]\n', 'line 2, topic t: "[hi": "[" is never'),
        ('[topic.t]\nsay = ["hi]"]\nreply = ["Yes."]\n', 'line 2, topic t: "hi]": a "]" too many'),
        ('[topic.t]\nsay = ["@no"]\nreply = ["Yes."]\n', "no word family is called @no"),
        ('[topic.t]\nsay = ["(hi)"]\nreply = ["Yes."]\n', "demands no word"),
        ('[topic.t]\nsay = ["hi (a|$)"]\nreply = ["Yes."]\n', "in round brackets"),
        ('[topic.t]\nsay = ["hi [|a]"]\nreply = ["Yes."]\n', "an empty choice"),
        ('[topic.t]\nsay = ["hi"]\nreply = ["{nmae}"]\n', "no placeholder is called {nmae}"),
        (
            '[topic.t]\nsay = ["hi"]\nreply = ["Y"]\ntest = ["bye"]\n',
            'line 4, topic t: "bye" should match, but matched nothing',
        ),
        (
            '[topic.t]\nsay = ["hi"]\nreply = ["Y"]\ntest_not = ["hi ho"]\n',
            'line 4, topic t: "hi ho" should not match, but did by "hi"',
        ),
    ],
)
def test_a_faulty_file_is_refused_with_line_topic_and_reason(source: str, message: str) -> None:
    with pytest.raises(RulesError) as error:
        parse(source + FALLBACK if "not TOML" not in message else source)
    assert message in str(error.value)


def test_a_fault_in_a_follow_up_is_found_in_its_own_table() -> None:
    topic = '[topic.t]\nsay = ["hi"]\nreply = ["Y"]\n[topic.t.follow]\n"why" = ["{oops}"]\n'
    with pytest.raises(RulesError, match=r"line 5, topic t: no placeholder is called \{oops\}"):
        parse(topic + FALLBACK)


def test_brackets_too_deep_are_refused() -> None:
    deep = "[a|" * 9 + "b" + "]" * 9
    with pytest.raises(RulesError, match="too many brackets"):
        one(f'["{deep}"]')
