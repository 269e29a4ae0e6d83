"""The source of a rules file, and errors that name the line of their cause."""

import json
import re
import tomllib
from collections.abc import Iterator


class RulesError(ValueError):
    """The rules file is not valid. The message says line, topic and reason."""


class RulesSource:
    """The TOML of a rules file. A table is named by its label, as in "topic.weather"."""

    def __init__(self, text: str) -> None:
        """Read the TOML. Raises RulesError."""
        self._lines = text.splitlines()
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))  # or "(at end of document)"
            line = found[1] if found else len(self._lines)
            reason = str(error).split(" (at line")[0]
            raise RulesError(f"line {line}: not valid TOML: {reason}") from None

    def error(self, label: str, near: str, reason: str) -> RulesError:
        """Return the error for the line with the text `near`, or for the start of its table."""
        line = self._line_of(label, near)
        kind, _, name = label.partition(".")
        where = f"{kind} {name}" if name else kind
        return RulesError(f"line {line}, {where}: {reason}" if where else f"line {line}: {reason}")

    def _line_of(self, label: str, near: str) -> int:
        headings = list(self._headings())
        own = [i for i, line in headings if line.startswith((f"[{label}]", f"[{label}."))]
        start = own[0] if own else 0
        end = next((i for i, _ in headings if own and i > own[-1]), len(self._lines))
        spellings = {near, json.dumps(near, ensure_ascii=False)[1:-1]} - {""}
        for i in range(start, end):
            if any(spelling in self._lines[i] for spelling in spellings):
                return i + 1
        return start + 1

    def _headings(self) -> Iterator[tuple[int, str]]:
        for i, line in enumerate(self._lines):
            if line.startswith("["):
                yield i, line.strip()
