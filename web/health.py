"""The state of the chat, for people and for monitoring."""

from dialog import Dialog, timestamp
from web.parameters import LARGEST_PAGE

ROBOT_SILENCE = 10  # seconds; the robot speaks every second


def health(dialog: Dialog, subscribers: int) -> dict[str, object]:
    """Return the state of the chat. Each warning is a sentence about something that still works."""
    trouble, warnings = dialog.health()
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
