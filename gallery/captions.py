"""Reads captions.toml, the texts about the pictures in a folder.

["blue-fern.jpg"]
title = "Blue fern"
caption = "A fern at night."
alt = "A fern in blue light"
"""

import logging
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

log = logging.getLogger(__name__)

FIELDS = ("title", "caption", "alt")

Caption = Mapping[str, str]


def read_captions(folder: Path) -> Mapping[str, Caption]:
    """Return the valid captions of a folder by the name of the picture, in the file's order.

    A caption that is not valid is skipped, and so is a file that cannot be read. Each is logged
    once until the file changes.
    """
    path = folder / "captions.toml"
    if not path.is_file():  # reading a named pipe would block
        return {}
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(8)
def _read(path: Path, _modified: int) -> Mapping[str, Caption]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s is skipped, so pictures have no captions. Correct it: %s", path, error)
        return {}
    return dict(_valid(path, content))


def _valid(path: Path, content: Mapping[str, object]) -> Iterator[tuple[str, Caption]]:
    for name, caption in content.items():
        if isinstance(caption, dict) and all(
            isinstance(caption.get(field, ""), str) for field in FIELDS
        ):
            yield name, caption
        else:
            log.warning(
                "%s: skipped the caption of %r. It must be a table whose title, caption and alt "
                "are strings.",
                path,
                name,
            )
