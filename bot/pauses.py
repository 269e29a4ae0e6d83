"""Pauses of the remarks: "be quiet" stops them for ten minutes.

The reply that begins a pause stores its end, so a robot that starts later keeps the pause, too.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.company import parse_time
from dialog import Message
from dialog.message import format_time

PAUSE = timedelta(minutes=10)
PAUSED_UNTIL = "paused_until"  # the key in `extra` of a reply


def pause_fields(now: datetime, *, pauses: bool, resumes: bool) -> Mapping[str, str]:
    """Return the fields of a reply that begins or ends a pause, or none."""
    if not pauses and not resumes:
        return {}
    return {PAUSED_UNTIL: format_time(now + PAUSE if pauses else now)}


class Pause:
    """The pause that the replies so far ask for."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._until: datetime | None = None
        for message in messages:
            self.read(message)

    def read(self, message: Message) -> None:
        """Take the next message of the dialog into account."""
        stored = message.extra.get(PAUSED_UNTIL) if message.role == "robot" else None
        if stored:
            self._until = parse_time(stored)

    def holds(self, now: datetime) -> bool:
        """Return whether remarks pause now. A clock that was set back does not prolong a pause."""
        return self._until is not None and now < self._until <= now + PAUSE
