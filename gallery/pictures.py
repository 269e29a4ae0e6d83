"""The pictures in a folder, with their captions from captions.toml there."""

from dataclasses import dataclass
from pathlib import Path

from gallery.captions import Caption, read_captions

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
    names = [path.name for path in folder.iterdir() if _is_picture(path, folder)]
    names.sort(key=lambda name: (order.get(name, len(order)), name))
    return [_picture(name, captions.get(name, {})) for name in names]


def _picture(name: str, caption: Caption) -> Picture:
    title = caption.get("title") or Path(name).stem.replace("-", " ").replace("_", " ").capitalize()
    return Picture(name, title, caption.get("caption", ""), caption.get("alt", title))


def _is_picture(path: Path, folder: Path) -> bool:
    return (
        path.suffix.lower() in SUFFIXES
        and path.is_file()
        and path.resolve().is_relative_to(folder.resolve())
    )
