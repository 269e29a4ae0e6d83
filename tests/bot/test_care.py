"""A person in need: a sober reply, never a joke, never an echo."""

import pytest

from bot.replies.answering import Turn
from bot.replies.fallback import fallback
from tests.bot.sample_topics import SHIPPED, ask, ask_in_company, topics_in

IN_NEED = [
    "i want to die",
    "I can't go on anymore",
    "i think about suicide every day",
    "i just want to end my life, haha",
    "nobody would miss me, i want to kill myself",
    "i keep cutting my arms",
    "my grandma passed away",
    "we buried my dad yesterday",
    "my boyfriend hits me",
    "there is a man following me, help",
    "i took a whole bottle of pills",
    "i wnat to kill mysefl",
    "хочу умереть",
    "я больше не хочу жить",
    "думаю про самоубийство",
    "порезал вены",
    "вчера умерла моя бабушка",
    "муж меня бьёт",
    "дома пожар, помогите",
    "привет, мне незачем жить",
]
SOBER = {reply for topic in SHIPPED.by_name.values() if topic.is_care for reply in topic.replies}


@pytest.mark.parametrize("text", IN_NEED)
def test_a_person_in_need_gets_a_sober_reply_and_remarks_pause(text: str) -> None:
    for reply in ask(text), ask_in_company(text):
        assert reply
        assert reply.text in SOBER
        assert reply.pauses


@pytest.mark.parametrize("text", ["haha", "i feel empty", "you are stupid", "tell me a joke", "hm"])
def test_the_next_messages_get_sober_replies_too(text: str) -> None:
    turns = [Turn("user", "i want to die"), Turn("robot", "...")]
    assert ask(text, *turns).text in fallback().after_care


def test_three_messages_later_the_robot_is_its_old_self() -> None:
    turns = [Turn("user", text) for text in ("i want to die", "ok", "ok", "thanks")]
    assert ask("tell me a joke", *turns).topics == ("joke",)


@pytest.mark.parametrize(
    "text",
    [
        "this traffic is killing me",
        "i could kill for a pizza",
        "i want to roll a die",
        "i need a 10 sided die",
        "my phone died",
        "i'm dying to see that movie",
        "умираю от смеха",
        "телефон умер",
        "хочу повесить полку на кухне",
    ],
)
def test_a_figure_of_speech_is_not_taken_for_need(text: str) -> None:
    assert not any(SHIPPED.by_name[name].is_care for name in topics_in(text))


HELP = ("someone", "somebody", "close", "112", "911", "people", "близк", "верите")


def test_replies_to_people_in_need_advise_to_talk_to_somebody() -> None:
    for reply in SOBER:
        assert any(word in reply.lower() for word in HELP)
