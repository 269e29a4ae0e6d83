"""The loop that makes remarks, on a clock that does not drift."""

import logging
import time
from collections.abc import Callable, Iterator

from dialog import ROBOT, Dialog, DialogError

log = logging.getLogger(__name__)


def make_remarks(dialog: Dialog, interval: float, remark: Callable[[int], str]) -> Iterator[None]:
    """Make a remark every `interval` seconds, and yield after each.

    Ticks missed while the process was stopped are skipped, so a pause is not followed by a burst.
    Ticks are counted from the seconds since 1970, so another robot continues where this one ends.
    """
    first = int(time.time())
    started = time.monotonic()
    tick = 0
    while True:
        tick = max(tick, int((time.monotonic() - started) / interval)) + 1
        time.sleep(max(0.0, started + tick * interval - time.monotonic()))
        try:
            dialog.append(remark(first + tick), role="robot", author=ROBOT)
        except DialogError as error:
            log.warning("%s The robot skips this remark.", error)
        yield
