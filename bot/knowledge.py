"""Everything that the robot says: replies by topic, and remarks, with the facts for both."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from bot.facts.costs import delivery_costs
from bot.facts.pictures import PictureChoice
from bot.facts.weather import Weathers
from bot.pauses import pause_fields
from bot.recognition.folder import TopicFolder
from bot.recognition.model import Topics
from bot.remarks.events import Events
from bot.remarks.loading import parse_remarks
from bot.replies.answering import Reply, Turn, find_reply
from bot.replies.placeholders import Fact
from bot.reply_loop import Answer, Question
from bot.text.spelling import is_russian
from dialog import GUEST

REMARKS = Path(__file__).parent / "remarks.toml"
BENCHMARK = Path(__file__).parent.parent / "bench" / "results.json"
IMAGES = Path(__file__).parent.parent / "img"
SUBJECT_AGE = 120.0  # seconds for which remarks may refer to the latest talk


class Knowledge:
    """The topics, the remarks, the clock, the pictures and, if a place is set, the weather."""

    def __init__(self, topics: Path, place: str = "", images: Path = IMAGES) -> None:
        """Read the topics and the remarks. `place` is the place of the weather, or empty.

        Raises OSError or ValueError, whose message names the line, if a file is not valid.
        """
        self._folder = TopicFolder(topics)
        self._remarks = parse_remarks(REMARKS.read_text("utf-8"))
        self._random = Random()
        self._pictures = PictureChoice(images, self._random)
        self._events = Events()
        self._subject = ""
        self._talks_russian = False
        self._subject_expires = 0.0
        self._facts: dict[str, Fact] = {
            "picture": self._pictures.choose,
            "caption": self._pictures.shown,
        }
        if place:
            weathers = Weathers(place)
            self._facts["weather"] = lambda text: weathers.report(text, time.monotonic())

    @property
    def topics(self) -> Topics:
        """The topics of the last valid versions of their files."""
        return self._folder.topics

    def follow_topics(self) -> None:
        """Load the topics again whenever one of their files is saved."""
        self._folder.follow()

    def answer(self, question: Question) -> Answer | None:
        """Return the reply to a message, or None if it is left to other people."""
        message = question.message
        reply = self.reply(
            message.text,
            message.author,
            question.turns,
            alone=question.alone,
            addressed=question.addressed,
        )
        if title := self._pictures.title_shown(message.text):
            self._events.add_picture(title)
        elif not question.turns and message.author != GUEST:
            self._events.add_visitor(message.author)
        if not reply:
            return None
        fields = pause_fields(datetime.now(UTC), pauses=reply.pauses, resumes=reply.resumes)
        return Answer(reply.text, fields)

    def reply(
        self,
        text: str,
        author: str,
        turns: Sequence[Turn],
        *,
        alone: bool = True,
        addressed: bool = False,
    ) -> Reply | None:
        """Return the reply to a message. `turns` is the conversation with its author so far."""
        reply = find_reply(
            self.topics,
            text,
            name="" if author == GUEST else author,
            turns=turns,
            now=datetime.now().astimezone(),
            random=self._random,
            facts=self._facts,
            alone=alone,
            addressed=addressed,
        )
        if reply:
            self._talks_russian = is_russian(text)
            self._subject = reply.topics[0] if reply.topics else ""
            self._subject_expires = time.monotonic() + SUBJECT_AGE
        return reply

    def remark(self, tick: int) -> str:
        """Return the remark for a tick: an event, or the next of the schedule."""
        is_recent = time.monotonic() < self._subject_expires
        return self._events.next(
            tick, russian=is_recent and self._talks_russian
        ) or self._remarks.at(
            tick,
            now=datetime.now().astimezone(),
            pictures=self._pictures.titles(),
            subject=self._subject if is_recent else "",
            cost=delivery_costs(BENCHMARK),
            russian=is_recent and self._talks_russian,
        )
