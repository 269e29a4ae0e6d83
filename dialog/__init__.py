"""The message log: append to it, read it, watch it, in a file or on a Redis server.

Only this package knows how messages are stored. It knows nothing about HTTP.
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
    """Return the address in DIALOG or in REDIS_URL, which Heroku sets, or the default path."""
    return environ.get("DIALOG") or environ.get("REDIS_URL") or "dialog.jsonl"


def open_dialog(address: str) -> Dialog:
    """Return the dialog at `address`, which is a path or the URL of a Redis server.

    Raises Unavailable if there can be no dialog at this address. The store is not contacted:
    `health()` tells whether messages can be written.
    """
    if not address.startswith(("redis://", "rediss://")):
        return FileStore(address)
    try:
        # Imported here, so that a dialog in a file does not need the Redis client.
        from dialog.redis.store import RedisStore  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Unavailable(
            "A dialog on Redis needs the package redis. Run: pip install -r requirements.txt"
        ) from None
    try:
        return RedisStore(address)
    except ValueError as error:
        raise Unavailable(f"This is not the address of a Redis server: {error}.") from None


def open_or_exit(address: str) -> Dialog:
    """Return the dialog at `address`, or exit with one line that gives the reason."""
    try:
        dialog = open_dialog(address)
    except Unavailable as error:
        sys.exit(str(error))
    if trouble := dialog.health().trouble:
        sys.exit(f"Cannot write the dialog {dialog.location}: {trouble}")
    return dialog
