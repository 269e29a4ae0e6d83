"""The folder of topics, read again whenever a file in it is saved."""

import logging
import threading
import time
from pathlib import Path

from bot.recognition.loading import load_topics
from bot.recognition.model import Topics
from bot.recognition.reading import paths_in, text_of, texts_in
from bot.recognition.source import TopicError

log = logging.getLogger(__name__)

CHECK_INTERVAL = 0.5  # seconds
EDITOR_PAUSE = 0.05  # seconds, because an editor may save a file in several writes
MOST_PUT_BACK = 5  # files with an error whose last good version is used

Snapshot = tuple[tuple[Path, int, int, int], ...]


class TopicFolder:
    """The topics in `folder`. A file with an error does not replace its last good version."""

    def __init__(self, folder: Path) -> None:
        """Read the files. Raises OSError or ValueError, which name the file and the line."""
        self._folder = folder.resolve()
        self._seen = _snapshot(self._folder)
        self._texts = texts_in(self._folder)
        self.topics: Topics = load_topics(self._texts)

    def follow(self) -> None:
        """Read the folder again whenever a file in it is saved, in a thread."""
        threading.Thread(target=self._follow, name="topics", daemon=True).start()

    def _follow(self) -> None:
        while True:
            time.sleep(CHECK_INTERVAL)
            try:
                self.refresh()
            except Exception:  # whatever a file contains, the thread must go on
                log.exception("The topics cannot be read. The robot keeps the previous ones.")

    def refresh(self) -> None:
        """Use the new versions of the files that changed."""
        seen = _snapshot(self._folder)
        if seen == self._seen:
            return
        time.sleep(EDITOR_PAUSE)
        self._seen = _snapshot(self._folder)
        texts = self._read()
        for _ in range(MOST_PUT_BACK):
            if texts == self._texts:
                return
            try:
                self.topics = load_topics(texts)
            except TopicError as error:
                log.error("%s. The robot uses the previous version of the file.", error)
                if not self._put_back(texts, error.path):
                    return
            else:
                self._texts = texts
                log.info("The robot uses the new topics in %s.", self._folder)
                return

    def _read(self) -> dict[Path, str]:
        """Return the texts of the files, and for a file that cannot be read its last text."""
        try:
            paths = paths_in(self._folder)
        except (OSError, ValueError) as error:
            log.error("%s. The robot keeps the previous topics.", error)
            return dict(self._texts)
        texts = {}
        for path in paths:
            try:
                texts[path] = text_of(path)
            except (OSError, ValueError) as error:
                log.error("%s. The robot uses the previous version of the file.", error)
                if path in self._texts:
                    texts[path] = self._texts[path]
        return texts

    def _put_back(self, texts: dict[Path, str], path: Path) -> bool:
        """Put back the last good text of a file. Returns whether that changes anything."""
        before = self._texts.get(path)
        if texts.get(path) == before:
            return False
        if before is None:
            del texts[path]
        else:
            texts[path] = before
        return True


def _snapshot(folder: Path) -> Snapshot:
    """Return the files of the folder with what changes when they are saved."""
    found = []
    try:
        for path in paths_in(folder):
            status = path.stat()
            found.append((path, status.st_ino, status.st_size, status.st_mtime_ns))
    except (OSError, ValueError):
        pass  # the next read logs the reason
    return tuple(found)
