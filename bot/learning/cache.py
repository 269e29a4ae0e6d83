"""Keeps what was learnt in the folder for temporary files, so that the next start is fast.

The name of a file is a hash of everything that the weights depend on. The files are JSON, in a
folder that only this user can write to. Without such a folder nothing is kept.
"""

import hashlib
import json
import logging
import math
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bot.learning.learner import Weights

log = logging.getLogger(__name__)

CODE = Path(__file__).parent.parent  # whose text, learning and recognition decide the weights
MOST_FILES = 8  # kept; the oldest are deleted
# Neither a symbolic link nor a FIFO in the folder misleads or blocks.
OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
LARGEST_FILE = 64 * 1024 * 1024  # bytes


def key_of(texts: Mapping[Path, str]) -> str:
    """Return a hash of the topic files and of the code and words that learning depends on."""
    digest = hashlib.sha256()
    for package in ("text", "learning", "recognition", "facts"):
        for path in sorted((CODE / package).glob("*.*")):
            if path.suffix in {".py", ".toml"}:
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    for path, text in sorted(texts.items()):
        digest.update(hashlib.sha256(f"{path.parent.name}/{path.name}".encode()).digest())
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()


def load(key: str, folder: Path | None = None) -> Weights | None:
    """Return the weights kept under `key`, or None."""
    folder = folder or _default_folder()
    try:
        if not _is_private(folder):
            return None
        descriptor = os.open(folder / f"{key}.json", OPEN_FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST_FILE:
                return None
            return _valid(json.loads(file.read()))
    except (OSError, ValueError, RecursionError):
        return None


def store(key: str, weights: Weights, folder: Path | None = None) -> None:
    """Keep the weights under `key`. A failure only costs time at the next start."""
    folder = folder or _default_folder()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_private(folder):
            log.warning("%s belongs to another user, so nothing learnt is kept there.", folder)
            return
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, suffix=".part") as file:
            file.write(json.dumps(weights))  # dump would write it in small pieces, slowly
        Path(file.name).replace(folder / f"{key}.json")
        kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[MOST_FILES:]:
            path.unlink()
    except OSError as error:
        log.warning("What was learnt is not kept in %s: %s.", folder, error.strerror)


def _default_folder() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"one-file-chat-{user}"


def _is_private(folder: Path) -> bool:
    """Return whether `folder` is a folder of this user, which no other user can write to."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    return not hasattr(os, "getuid") or (
        status.st_uid == os.getuid() and not status.st_mode & 0o022
    )


def _valid(weights: object) -> Weights | None:
    """Return `weights` if they are numbers by feature and topic."""
    with suppress(AttributeError, TypeError):
        if all(math.isfinite(w) for topics in weights.values() for w in topics.values()):  # type: ignore[attr-defined]
            return weights  # type: ignore[return-value]
    return None
