"""When the robot is quiet: in company, unless it is meant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.company import Company, company_at
from bot.pauses import PAUSE, Pause, pause_fields
from bot.replies.addressing import names_robot
from dialog import FileStore, Message
from dialog.message import format_time
from tests.bot.sample_topics import ask_in_company

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def written(author: str, seconds: int | None, role: str = "user") -> Message:
    time = "" if seconds is None else format_time(NOON + timedelta(seconds=seconds))
    return Message("1", time, role, author, "hello")


@pytest.mark.parametrize(
    ("messages", "alone"),
    [
        ([("Ann", 0)], True),
        ([("Ann", 0), ("Ann", 5)], True),
        ([("Bob", 0), ("Ann", 119)], False),
        ([("Bob", 0), ("Ann", 121)], True),
        ([("Bob", 0), ("Ann", None)], False),
        ([("Bob", 0), ("Ann", 300), ("Ann", None)], True),
        ([("Bob", 0), ("Cem", 300), ("Bob", 310), ("Ann", 500)], True),
    ],
)
def test_a_writer_is_alone_if_nobody_else_wrote_within_two_minutes(
    messages: list[tuple[str, int | None]], alone: bool
) -> None:
    company = Company()
    assert [company.add(written(*message)) for message in messages][-1] is alone


def test_the_robot_is_no_company_but_moves_the_clock() -> None:
    company = Company()
    company.add(written("Bob", 0))
    company.add(written("Robot", 200, "robot"))
    assert company.add(written("Ann", None))


def test_the_company_is_found_again_at_any_cursor(path: Path) -> None:
    dialog = FileStore(path)
    for number in range(300):
        dialog.append("Hm.", role="robot", time=format_time(NOON + timedelta(seconds=number / 10)))
    bob = dialog.append("hello", author="Bob", time=format_time(NOON + timedelta(seconds=40)))
    for _ in range(2):  # nothing behind the cursor, then another message
        assert not company_at(dialog, bob.id).add(written("Ann", 60))
        assert company_at(dialog, bob.id).add(written("Ann", 200))
        dialog.append("later", author="Cem", time=format_time(NOON + timedelta(seconds=50)))
    assert company_at(dialog, dialog.start()).add(written("Ann", 60))


@pytest.mark.parametrize(
    "text",
    ["did you feed the cat", "yes", "haha", "you are funny", "i think the fence is green",
     "sorry", "bring chips please", "да", "я покрасил забор", "the robot vacuum is stuck"],
)  # fmt: skip
def test_people_in_company_are_not_interrupted(text: str) -> None:
    assert ask_in_company(text) is None


@pytest.mark.parametrize(
    "text", ["what time is it?", "robot, did you feed the cat?", "бот, ты что молчишь"]
)
def test_a_question_for_the_robot_gets_a_reply_in_company(text: str) -> None:
    assert ask_in_company(text)


def test_a_reply_to_the_robot_gets_a_reply_but_no_echo() -> None:
    reply = ask_in_company("i feel that you hate my zorb", addressed=True)
    assert reply
    assert "zorb" not in reply.text


@pytest.mark.parametrize(
    ("text", "named"),
    [("Robot, hi", True), ("hey bot what's new", True), ("what do you say, robot?", True),
     ("робот!", True), ("robots build cars", False), ("the robot is slow", False),
     ("our new robot, by the way", False), ("bottle", False)],
)  # fmt: skip
def test_a_message_names_the_robot_only_if_it_calls_it(text: str, named: bool) -> None:
    assert names_robot(text) is named


def test_a_pause_ends_after_ten_minutes_or_on_request() -> None:
    def reply(fields: dict[str, str]) -> Message:
        return Message("1", "", "robot", "Robot", "Quiet.", extra=fields)

    begins = reply(dict(pause_fields(NOON, pauses=True, resumes=False)))
    ends = reply(dict(pause_fields(NOON, pauses=False, resumes=True)))
    assert Pause([begins]).holds(NOON + PAUSE - timedelta(seconds=1))
    assert not Pause([begins]).holds(NOON + PAUSE)
    assert not Pause([begins]).holds(NOON - timedelta(seconds=1))
    assert not Pause([begins, ends]).holds(NOON)
    assert not Pause().holds(NOON)
    assert pause_fields(NOON, pauses=False, resumes=False) == {}
