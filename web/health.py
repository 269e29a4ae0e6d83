"""The state of the chat, for people and for monitoring."""

import time
from collections.abc import Callable

from dialog import Dialog, timestamp
from web.parameters import LARGEST_PAGE

ROBOT_SILENCE = 10  # seconds; the robot speaks every second
FULL_FOR = 30.0  # seconds that a post without space on the disk counts; then the next one tells
DISK_FULL = "The disk is full, or a quota or a limit on file sizes is reached. Free some space."


class DiskFullMemory:
    """Remembers for FULL_FOR seconds that a post found the disk full, unless a later one succeeds.

    A quota or a limit on file sizes cannot be seen in advance.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_until = clock()

    def record_post(self, status: int) -> None:
        """Record the status of the response to a post."""
        if status == 507:
            self._full_until = self._clock() + FULL_FOR
        elif status < 400:
            self._full_until = self._clock()

    @property
    def is_full(self) -> bool:
        """Whether the next post is likely to find the disk full."""
        return self._clock() < self._full_until


def health(dialog: Dialog, subscribers: int, disk_is_full: bool) -> dict[str, object]:
    """Return the state of the chat. Each warning is a sentence about something that still works."""
    trouble, warnings, has_no_space = dialog.health()
    if not trouble and (has_no_space or disk_is_full):
        trouble = DISK_FULL
    newest = () if trouble else dialog.newest(LARGEST_PAGE).messages
    last_heard = max((m.time for m in newest if m.role == "robot"), default=None)
    if not last_heard or last_heard < timestamp(ROBOT_SILENCE):
        warnings.append(f"The robot has been silent for {ROBOT_SILENCE} s or more.")
    return {
        "ok": trouble is None,
        "dialog": {"writable": trouble is None, "trouble": trouble},
        "robot": {"last_heard": last_heard},
        "waiting": subscribers,
        "warnings": warnings,
    }
