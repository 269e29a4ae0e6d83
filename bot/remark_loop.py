"""The loop that makes remarks, on a clock that does not drift."""

import logging
import time
from collections.abc import Callable, Iterator

from dialog import ROBOT, Dialog, DialogError
from dialog.extra import CHECKPOINT

log = logging.getLogger(__name__)

CHECKPOINT_INTERVAL = 10.0  # seconds


def make_remarks(
    dialog: Dialog,
    interval: float,
    remark: Callable[[int], str],
    checkpoint: Callable[[], str | None],
    is_quiet: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """Make a remark every `interval` seconds unless `is_quiet`, and yield after each.

    A remark stores the checkpoint, if there is one, when the last one is CHECKPOINT_INTERVAL ago.

    Ticks missed while the process was stopped are skipped, so a pause is not followed by a burst.
    Ticks are counted from the seconds since 1970, so another robot continues where this one ends.
    """
    first = int(time.time())
    started = next_checkpoint = time.monotonic()
    tick = 0
    while True:
        tick = max(tick, int((time.monotonic() - started) / interval)) + 1
        time.sleep(max(0.0, started + tick * interval - time.monotonic()))
        if is_quiet():
            yield
            continue
        cursor = checkpoint() if time.monotonic() >= next_checkpoint else None
        extra = {CHECKPOINT: cursor} if cursor else {}
        try:
            dialog.append(remark(first + tick), role="robot", author=ROBOT, extra=extra)
        except DialogError as error:
            log.warning("%s The robot skips this remark.", error)
        else:
            if cursor:
                next_checkpoint = time.monotonic() + CHECKPOINT_INTERVAL
        yield
