"""The text of one topic file, and errors that name the line of their cause."""

import json
import re
import tomllib
from pathlib import Path

from bot.recognition.model import Line


class TopicError(ValueError):
    """A topic file is not valid. The message names the file, the line and the reason."""

    def __init__(self, path: Path, number: int, reason: str) -> None:
        super().__init__(f"{path}, line {number}: {reason}")
        self.path = path


class TopicSource:
    """The TOML of one topic file."""

    def __init__(self, path: Path, text: str) -> None:
        """Read the TOML. Raises TopicError."""
        self.path = path
        self._lines = text.splitlines()
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))  # or "(at end of document)"
            number = int(found[1]) if found else len(self._lines)
            reason = str(error).split(" (at line")[0]
            raise TopicError(path, number, f"not valid TOML: {reason}") from None
        except RecursionError:
            raise TopicError(path, 1, "not valid TOML: nested too deeply") from None

    def error(self, key: str, near: str, reason: str) -> TopicError:
        """Return the error for the line with the text `near`, or for the line of `key`."""
        return TopicError(self.path, self._number(key, near), reason)

    def lines(self, key: str) -> list[Line]:
        """Return the lines of a list, each with its number."""
        texts = self.data.get(key, [])
        return [Line(text, self.path, self._number(key, f'"{text}"')) for text in texts]

    def _number(self, key: str, near: str) -> int:
        """Return the number of the line with `near`, from the line of `key` on."""
        start = next((i for i, line in enumerate(self._lines) if _starts(line, key)), 0)
        spellings = {near, near.replace('"', ""), json.dumps(near, ensure_ascii=False)} - {""}
        for i in range(start, len(self._lines)):
            if any(spelling in self._lines[i] for spelling in spellings):
                return i + 1
        return start + 1


def _starts(line: str, key: str) -> bool:
    return bool(re.match(rf'\[?"?{re.escape(key)}"?\s*[\]=]', line.strip()))
