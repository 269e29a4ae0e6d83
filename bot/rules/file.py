"""The rules file, read again whenever it is saved."""

import logging
import threading
import time
from pathlib import Path

from bot.rules.loading import parse_rules
from bot.rules.model import Rules
from dialog.file.watch import FileWatcher

log = logging.getLogger(__name__)

EDITOR_PAUSE = 0.05  # seconds, because an editor may save a file in several writes


class RulesFile:
    """The rules in the file at `path`; `rules` are those of the last valid version."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises OSError or ValueError, which names the file and the line."""
        self._path = path.resolve()
        self.rules = self._read()

    def follow(self) -> None:
        """Read the file again whenever it is saved, in a thread."""
        threading.Thread(target=self._follow, name="rules", daemon=True).start()

    def _follow(self) -> None:
        saved = threading.Event()
        with FileWatcher(self._path, saved.set):
            while saved.wait():
                time.sleep(EDITOR_PAUSE)
                saved.clear()
                try:
                    self.rules = self._read()
                except (OSError, ValueError) as error:
                    log.error("%s. The robot keeps the previous rules. Correct the file.", error)
                else:
                    log.info("The robot uses the new rules in %s.", self._path)

    def _read(self) -> Rules:
        try:
            return parse_rules(self._path.read_text("utf-8"))
        except OSError as error:
            raise OSError(f"{self._path}: {error.strerror}") from error
        except ValueError as error:  # RulesError, or the file is not UTF-8
            raise ValueError(f"{self._path}, {error}") from error
