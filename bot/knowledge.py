"""What the robot brings to a talk: its rules, its chatter, the clock, the pictures, the weather."""

import logging
import re
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from bot import remarks as chatter
from bot import rules
from bot.rules import Reply, Turn
from bot.weather import Weather
from dialog import GUEST
from dialog.file.watch import FileWatcher
from gallery.pictures import pictures

log = logging.getLogger(__name__)

HERE = Path(__file__).parent.parent
LATELY = 120.0  # seconds for which the robot still thinks of what was talked about
SETTLED = 0.05  # seconds: an editor may save in several pieces


class Knowledge:
    """All that the replies and the lines are made of. The rules follow their file."""

    def __init__(self, path: Path, place: str = "", images: Path = HERE / "img") -> None:
        """Read the rules at `path`; tell the weather of `place`, if any.

        OSError, ValueError: a file cannot be read or used; the message names it, and the line.
        """
        self._path = path.resolve()
        self._images = images
        self._random = Random()
        self._shown = ""  # the last picture, so that "another one" is another one
        self._subject = ""
        self._subject_until = 0.0
        self._rules = self._read()
        self._chatter = chatter.parse((HERE / "bot" / "remarks.toml").read_text("utf-8"))
        self._facts: dict[str, rules.Fact] = {"picture": self._picture}
        if place:
            weather = Weather(place)
            self._facts["weather"] = lambda _: weather.report(time.monotonic())

    def reply(self, text: str, author: str, turns: Sequence[Turn]) -> Reply:
        """Reply to a message; `turns` is the talk with its author so far."""
        reply = self._rules.reply(
            text,
            name="" if author == GUEST else author,
            turns=turns,
            now=datetime.now().astimezone(),
            random=self._random,
            facts=self._facts,
        )
        if reply.topics:
            self._subject, self._subject_until = reply.topics[0], time.monotonic() + LATELY
        return reply

    def line(self, tick: int) -> str:
        """Return what to say of its own; ticks that follow one another tell stories."""
        return self._chatter.line(
            tick,
            now=datetime.now().astimezone(),
            pictures=[picture.title for picture in pictures(self._images)],
            subject=self._subject if time.monotonic() < self._subject_until else "",
        )

    def follow_rules(self) -> None:
        """Read the rules again whenever their file is saved, in a thread of its own."""
        threading.Thread(target=self._keep_reading, name="rules", daemon=True).start()

    def _keep_reading(self) -> None:
        saved = threading.Event()
        with FileWatcher(self._path, saved.set):
            while saved.wait():
                time.sleep(SETTLED)
                saved.clear()
                try:
                    self._rules = self._read()
                except (OSError, ValueError) as error:
                    log.error("%s. The rules stay as they were.", error)
                else:
                    log.info("New rules from %s.", self._path)

    def _read(self) -> rules.Rules:
        try:
            return rules.parse(self._path.read_text("utf-8"))
        except OSError as error:
            raise OSError(f"{self._path}: {error.strerror}") from error
        except ValueError as error:  # RulesError, or not UTF-8
            raise ValueError(f"{self._path}, {error}") from error

    def _picture(self, text: str) -> str:
        """The title of the picture that is asked for, by most of its words; else one by chance."""
        asked = words(text)
        titles = [picture.title for picture in pictures(self._images)] or [""]
        most = max(len(asked & words(title)) for title in titles)
        best = [title for title in titles if len(asked & words(title)) == most]
        others = [title for title in best if title != self._shown]
        self._shown = self._random.choice(others or best)
        return self._shown


def words(text: str) -> set[str]:
    """Return the words of a text, but for those too short to name anything."""
    return set(re.findall(r"\w{3,}", text.casefold()))
