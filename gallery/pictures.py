"""The pictures of the gallery: what lies in a folder, with what its captions.toml says of it."""

import logging
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

SUFFIXES = {".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"}


@dataclass(frozen=True)
class Picture:
    """One picture: its file's name, and what is shown with it and in its place."""

    name: str
    title: str
    caption: str
    alt: str


def pictures(folder: Path) -> list[Picture]:
    """Return the pictures in `folder`: first those with a caption, as ordered there, then by name.

    A picture without a caption is called after its file. Links out of the folder do not count.
    """
    if not folder.is_dir():
        return []
    captions = _captions(folder)
    order = {name: place for place, name in enumerate(captions)}
    names = [path.name for path in folder.iterdir() if _is_picture(path, folder)]
    names.sort(key=lambda name: (order.get(name, len(order)), name))
    return [_picture(name, captions.get(name, {})) for name in names]


def _picture(name: str, caption: dict[str, str]) -> Picture:
    title = caption.get("title") or Path(name).stem.replace("-", " ").replace("_", " ").capitalize()
    return Picture(name, title, caption.get("caption", ""), caption.get("alt", title))


def _is_picture(path: Path, folder: Path) -> bool:
    return (
        path.suffix.lower() in SUFFIXES
        and path.is_file()
        and path.resolve().is_relative_to(folder.resolve())
    )


def _captions(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / "captions.toml").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        log.warning("%s: pictures go without captions: %s", folder / "captions.toml", error)
        return {}
