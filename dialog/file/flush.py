"""Flushes files and the names in folders, so that they survive a power cut."""

import errno
import os
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]

NOT_SUPPORTED = {errno.ENOTSUP, errno.ENOTTY, errno.EINVAL}


def flush(descriptor: int) -> None:
    """Flush a file to the disk. Raises OSError.

    On macOS, fsync leaves the bytes in the cache of the disk, and F_FULLFSYNC flushes that, too.
    """
    if hasattr(fcntl, "F_FULLFSYNC"):
        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in NOT_SUPPORTED:
                raise
        else:
            return
    os.fsync(descriptor)


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk. Windows cannot do this. Raises OSError."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        flush(descriptor)
    finally:
        os.close(descriptor)
