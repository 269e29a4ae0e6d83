"""Everything that the robot says: replies by rule, and remarks, with the facts for both."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from bot.facts.pictures import PictureChoice
from bot.facts.weather import Weather
from bot.remarks.loading import parse_remarks
from bot.rules.file import RulesFile
from bot.rules.placeholders import Fact
from bot.rules.replies import Reply, Turn, find_reply
from dialog import GUEST

REMARKS = Path(__file__).parent / "remarks.toml"
IMAGES = Path(__file__).parent.parent / "img"
SUBJECT_AGE = 120.0  # seconds for which remarks may refer to the topic of a reply


class Knowledge:
    """The rules, the remarks, the clock, the pictures and, if a place is set, the weather."""

    def __init__(self, rules: Path, place: str = "", images: Path = IMAGES) -> None:
        """Read the rules and the remarks. `place` is the place of the weather, or empty.

        Raises OSError or ValueError, whose message names the line, if a file is not valid.
        """
        self._rules_file = RulesFile(rules)
        self._remarks = parse_remarks(REMARKS.read_text("utf-8"))
        self._random = Random()
        self._pictures = PictureChoice(images, self._random)
        self._subject = ""
        self._subject_expires = 0.0
        self._facts: dict[str, Fact] = {"picture": self._pictures.choose}
        if place:
            weather = Weather(place)
            self._facts["weather"] = lambda _: weather.report(time.monotonic())

    def follow_rules(self) -> None:
        """Load the rules again whenever their file is saved."""
        self._rules_file.follow()

    def reply(self, text: str, author: str, turns: Sequence[Turn]) -> Reply:
        """Return the reply to a message. `turns` is the conversation with its author so far."""
        reply = find_reply(
            self._rules_file.rules,
            text,
            name="" if author == GUEST else author,
            turns=turns,
            now=datetime.now().astimezone(),
            random=self._random,
            facts=self._facts,
        )
        if reply.topics:
            self._subject = reply.topics[0]
            self._subject_expires = time.monotonic() + SUBJECT_AGE
        return reply

    def remark(self, tick: int) -> str:
        """Return the remark for a tick. Stories continue over successive ticks."""
        return self._remarks.at(
            tick,
            now=datetime.now().astimezone(),
            pictures=self._pictures.titles(),
            subject=self._subject if time.monotonic() < self._subject_expires else "",
        )
