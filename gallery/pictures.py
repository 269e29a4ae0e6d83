"""The pictures in a folder, with their captions from captions.toml there."""

import logging
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gallery.captions import Caption, read_captions

log = logging.getLogger(__name__)

SUFFIXES = {".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"}


@dataclass(frozen=True)
class Picture:
    """One picture: the name of its file, and the texts about it."""

    name: str
    title: str
    caption: str
    alt: str  # the text for people who do not see the picture


def pictures(folder: Path) -> list[Picture]:
    """Return the pictures in `folder`: in the order of their captions, then the others by name.

    A picture without a caption has the name of its file as its title. Symbolic links that lead out
    of the folder are left out.
    """
    if not folder.is_dir():
        return []
    captions = read_captions(folder)
    order = {name: place for place, name in enumerate(captions)}
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if _is_picture(entry, folder)]
    names.sort(key=lambda name: (order.get(name, len(order)), name))
    return [_picture(name, captions.get(name, {})) for name in names]


def picture_path(folder: Path, name: str) -> Path | None:
    """Return the path of the picture with this name, or None if `folder` has no such picture."""
    path = folder / name
    if path.name != name or not _has_suffix(name):
        return None
    try:
        return path if path.is_file() and _leads_into(folder, path) else None
    except OSError:
        return None


def _picture(name: str, caption: Caption) -> Picture:
    title = caption.get("title") or Path(name).stem.replace("-", " ").replace("_", " ").capitalize()
    return Picture(name, title, caption.get("caption", ""), caption.get("alt", title))


def _is_picture(entry: "os.DirEntry[str]", folder: Path) -> bool:
    if not (_has_suffix(entry.name) and _is_file(entry)):
        return False
    if not _is_utf_8(entry.name):
        _log_name(folder, entry.name)
        return False
    # Only links are resolved, because that takes most of the time.
    return not entry.is_symlink() or _leads_into(folder, Path(entry.path))


def _is_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself, or to where this process may not look
        return False


def _has_suffix(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES


def _leads_into(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _is_utf_8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # Python replaced bytes that are not UTF-8 by surrogates
        return False
    return True


@lru_cache(1000)
def _log_name(folder: Path, name: str) -> None:
    """Log once that a picture is skipped."""
    log.warning("%s: skipped the picture %a, whose name is not UTF-8. Rename it.", folder, name)
