"""Errors of a dialog. Each text is for people: what happened, what it means, what to do."""

# Texts that both stores use.
NOT_A_CURSOR = "This is not a cursor of this chat. Load the newest messages instead."
REPLACED = (
    "The dialog was replaced or shortened, so this cursor is no longer valid. "
    "Load the newest messages again."
)


class DialogError(Exception):
    """The base class of all errors of a dialog."""


class BadCursor(DialogError):
    """The given string was never a cursor or an id."""


class CursorGone(DialogError):
    """The cursor was valid once, but the dialog has been replaced, cut or emptied since."""


class Busy(DialogError):
    """Another writer kept the dialog locked for too long. Nothing was written; try again."""


class DiskFull(DialogError):
    """The disk or a quota is full. The message was not written, or may not stay."""


class Unavailable(DialogError):
    """The dialog cannot be read or written: permissions, a missing folder, a broken disk."""
