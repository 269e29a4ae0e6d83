"""Looks for what keeps a dialog file from being written. Nothing is written to find out."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

NEARLY_FULL = 100_000_000  # bytes left on the disk


def find_trouble(path: Path) -> str | None:
    """Return why the file cannot be written, or None if no reason is found."""
    try:
        return _trouble(path)
    except OSError as error:
        return f"{error.strerror}. Choose another path."


def _trouble(path: Path) -> str | None:
    if path.is_symlink():  # resolving its path came back to it
        return f"{path.name} is a link that leads to itself. Remove it, or choose another path."
    if not path.parent.is_dir():
        return "Its folder is not there. Create it, or correct the path."
    if path.exists() and not path.is_file():
        return f"{path.name} is not a file. Move it away, or choose another path."
    for each in (path.parent, path):  # the folder too, because it holds the lock file
        if each.exists() and not os.access(each, os.R_OK | os.W_OK):
            return f"This program has no permission to read and write {each.name}."
    return None


def is_disk_full(folder: Path) -> bool:
    """Return whether the disk has no space left. Root may use blocks that others may not."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:  # find_trouble reports it
        return False
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    free = usage.total - usage.used if is_root else usage.free
    return free == 0 < usage.total


def find_warnings(path: Path) -> list[str]:
    """Return warnings about the disk."""
    warnings = []
    if "DYNO" in os.environ:
        warnings.append(
            "Each dyno has its own disk, which is emptied at every restart. The server and the "
            f"robot share {path.name} only if both run in the same dyno."
        )
    with suppress(OSError):  # find_trouble reports it
        free = shutil.disk_usage(path.parent).free
        if free < NEARLY_FULL:
            warnings.append(
                f"The disk is nearly full ({free // 1_000_000} MB left). Free some space, "
                "or limit the dialog with --keep."
            )
    return warnings
