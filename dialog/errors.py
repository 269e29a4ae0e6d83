"""What can go wrong with a dialog. Each message is for people: what happened, what to do."""


class DialogError(Exception):
    """The parent of them all."""


class BadCursor(DialogError):
    """What was given as a cursor or an id never was one."""


class CursorGone(DialogError):
    """The cursor was good once, but the dialog was replaced, cut or emptied since."""


class Busy(DialogError):
    """Another writer held the dialog for too long. Nothing was written; try again."""


class DiskFull(DialogError):
    """The disk, or what the system allows of it, is full. Nothing was written."""


class Unavailable(DialogError):
    """The dialog cannot be read or written: permissions, a missing folder, a broken disk."""
