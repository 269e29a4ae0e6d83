"""Logging for both programs: a line for each event worth knowing, never what people wrote."""

import logging
import time
from collections import Counter

LINES_PER_MINUTE = 100  # of each kind


class FloodFilter(logging.Filter):
    """Passes at most `LINES_PER_MINUTE` lines of each kind, so a flood cannot fill the disk.

    Lines are of one kind if they differ only in the arguments that were filled in.
    """

    def __init__(self) -> None:
        super().__init__()
        self._minute = 0
        self._lines: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether this line is written."""
        minute = int(time.monotonic() / 60)
        if minute != self._minute:
            self._minute = minute
            self._lines.clear()
        self._lines[str(record.msg)] += 1
        return self._lines[str(record.msg)] <= LINES_PER_MINUTE


def start_logging() -> None:
    """Write the log to standard error, each line with its time and level."""
    handler = logging.StreamHandler()
    handler.addFilter(FloodFilter())
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        level=logging.INFO,
        handlers=[handler],
    )
