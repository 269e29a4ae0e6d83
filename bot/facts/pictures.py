"""Chooses the picture that a message asks for, and knows the captions."""

import re
from pathlib import Path
from random import Random

from gallery.pictures import Picture, pictures

QUOTED = re.compile(r"[\"“«]([^\"”»]{1,80})[\"”»]")  # “Moonlit sea”, as the page shares a picture


class PictureChoice:
    """Chooses among the pictures in `folder`, and avoids the previous one if it can."""

    def __init__(self, folder: Path, random: Random) -> None:
        self._folder = folder
        self._random = random
        self._previous = ""

    def titles(self) -> list[str]:
        """Return the titles of all pictures."""
        return [picture.title for picture in pictures(self._folder)]

    def choose(self, text: str) -> str:
        """Return the title with most words in common with the message; empty without pictures."""
        requested = _words(text)
        titles = self.titles() or [""]
        common = max(len(requested & _words(title)) for title in titles)
        best = [title for title in titles if len(requested & _words(title)) == common]
        others = [title for title in best if title != self._previous]
        self._previous = self._random.choice(others or best)
        return self._previous

    def title_shown(self, text: str) -> str:
        """Return the title of the picture that a message shows, or an empty string."""
        picture = self._shown(text)
        return picture.title if picture else ""

    def shown(self, text: str) -> str:
        """Return title and caption of the picture that a message shows, or an empty string."""
        picture = self._shown(text)
        return f"{picture.title}: {picture.caption or picture.alt}" if picture else ""

    def _shown(self, text: str) -> Picture | None:
        quoted = QUOTED.search(text)
        if not quoted:
            return None
        title = quoted[1].strip().casefold()
        return next((p for p in pictures(self._folder) if p.title.casefold() == title), None)


def _words(text: str) -> set[str]:
    """Return the words that are long enough to name something."""
    return set(re.findall(r"\w{3,}", text.casefold()))
