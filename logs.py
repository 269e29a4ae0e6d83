"""The log of both processes: a line for each event worth knowing, never what people wrote."""

import logging

from web.rate_limit import Limit


class Calm(logging.Filter):
    """Lets through a hundred lines of a kind at once, then one a second.

    Whoever floods the chat must not fill the disk with what we say of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kinds = Limit(burst=100, rate=1)

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the line is to be written. Its kind is its text before names are put in."""
        return not self._kinds.take(str(record.msg))


def start_logging() -> None:
    """Log to the standard error, with time and level."""
    handler = logging.StreamHandler()
    handler.addFilter(Calm())
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        level=logging.INFO,
        handlers=[handler],
    )
