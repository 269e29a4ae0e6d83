"""The dialog: append to it, read it, watch it.

The one place that knows how messages are stored. Nothing here knows HTTP.
"""

from dialog.errors import BadCursor, Busy, CursorGone, DialogError, Full, Unavailable
from dialog.file import Dialog
from dialog.message import GUEST, ROBOT, Draft, Message, Page, compact, timestamp

__all__ = [
    "GUEST",
    "ROBOT",
    "BadCursor",
    "Busy",
    "CursorGone",
    "Dialog",
    "DialogError",
    "Draft",
    "Full",
    "Message",
    "Page",
    "Unavailable",
    "compact",
    "timestamp",
]
