"""Turns errors of the system into errors of a dialog."""

import errno

from dialog.errors import DialogError, DiskFull, Unavailable

ADVICE = "Check the dialog's folder, permissions and disk."
FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def not_saved(error: OSError) -> DialogError:
    """Return the DialogError for a message that is not acknowledged."""
    return dialog_error(error, "The message was not saved")


def dialog_error(error: OSError, failure: str) -> DiskFull | Unavailable:
    """Return the DialogError for an error of the system; `failure` says what was not done."""
    if error.errno in FULL_ERRNOS:
        return DiskFull(f"{failure} because the disk is full. Free some space and try again.")
    return Unavailable(f"{failure}: {error.strerror}. {ADVICE}")
