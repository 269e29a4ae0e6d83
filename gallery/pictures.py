"""The pictures in a folder, with their captions from captions.toml there."""

import logging
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    path = folder / "captions.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        log.warning("%s is not valid, so pictures have no captions. Correct it: %s", path, error)
        return {}
