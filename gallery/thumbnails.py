"""Thumbnails: pictures as WebP in a few widths, kept in memory until the picture changes."""

import logging
import threading
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

log = logging.getLogger(__name__)

WIDTHS = (240, 480, 960)  # pixels; with any width allowed, a client could fill the memory
MAX_CACHED = 128  # thumbnails, of 5 to 100 kB each
MAX_PIXELS = 40_000_000  # of a picture that is decoded; each takes 4 bytes of memory, or 8
QUALITY = 78  # percent

_decoding = threading.Lock()  # one picture at a time, because of the memory


def thumbnail(path: Path, width: int) -> bytes | None:
    """Return the picture at `path` as WebP, `width` pixels wide.

    Returns None if the picture is not wider than that, has more than MAX_PIXELS, or cannot be read
    by Pillow. A browser may still know its format.
    """
    try:
        modified = path.stat().st_mtime_ns
    except OSError:
        return None
    return _thumbnail(path, modified, width)


@lru_cache(MAX_CACHED)
def _thumbnail(path: Path, _modified: int, width: int) -> bytes | None:
    try:
        with _decoding, Image.open(path) as image:
            return _as_webp(image, width)
    except Exception as error:  # the decoders raise errors of any type
        log.warning("%s has no thumbnail, so it is sent as it is: %r", path.name, error)
        return None


def _as_webp(image: Image.Image, width: int) -> bytes | None:
    if image.width * image.height > MAX_PIXELS:  # known before anything is decoded
        return None
    image.draft("RGB", (width, width))  # decodes a JPEG at a smaller size, which is faster
    ImageOps.exif_transpose(image, in_place=True)
    if image.width <= width:
        return None
    height = max(1, round(image.height * width / image.width))
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small = small.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)
    webp = BytesIO()
    small.save(webp, "WEBP", quality=QUALITY)
    return webp.getvalue()
