"""The dialog: append to it, read it, watch it, in a file or on a Redis server.

The one place that knows how messages are stored. Nothing here knows HTTP.
"""

import sys
from collections.abc import Mapping

from dialog.errors import BadCursor, Busy, CursorGone, DialogError, DiskFull, Unavailable
from dialog.file.store import FileStore
from dialog.interface import Dialog, Health
from dialog.message import GUEST, ROBOT, Draft, Message, Page, timestamp, to_json

__all__ = [
    "GUEST",
    "ROBOT",
    "BadCursor",
    "Busy",
    "CursorGone",
    "Dialog",
    "DialogError",
    "DiskFull",
    "Draft",
    "FileStore",
    "Health",
    "Message",
    "Page",
    "Unavailable",
    "dialog_address",
    "open_dialog",
    "open_or_exit",
    "timestamp",
    "to_json",
]


def dialog_address(environ: Mapping[str, str]) -> str:
    """Return where the dialog is, as the environment tells. REDIS_URL is what Heroku sets."""
    return environ.get("DIALOG") or environ.get("REDIS_URL") or "dialog.jsonl"


def open_dialog(address: str) -> Dialog:
    """Return the dialog in the file or on the Redis server at `address`.

    Unavailable: there cannot be one. Whether it can be written is told by its `health()`.
    """
    if not address.startswith(("redis://", "rediss://")):
        return FileStore(address)
    try:
        from dialog.redis.store import RedisStore  # noqa: PLC0415  # who has a file needs no client
    except ModuleNotFoundError:
        raise Unavailable(
            "A dialog on Redis needs more packages: pip install -r requirements-redis.txt "
            "(for a build pack, add the line -r requirements-redis.txt to requirements.txt)."
        ) from None
    try:
        return RedisStore(address)
    except ValueError as error:
        raise Unavailable(f"This is no address of a Redis server: {error}.") from None


def open_or_exit(address: str) -> Dialog:
    """Open a dialog for a program that cannot do without. SystemExit, in a line that says why."""
    try:
        dialog = open_dialog(address)
    except Unavailable as error:
        sys.exit(str(error))
    if trouble := dialog.health().trouble:
        sys.exit(f"Cannot write the dialog {dialog.location}: {trouble}")
    return dialog
