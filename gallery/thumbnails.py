"""Thumbnails: pictures as WebP in a few widths, kept in memory until the picture changes."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

WIDTHS = (240, 480, 960)  # pixels; with any width allowed, a client could fill the memory
MAX_CACHED = 128  # thumbnails, of 5 to 100 kB each
QUALITY = 78  # percent


def thumbnail(path: Path, width: int) -> bytes | None:
    """Return the picture at `path` as WebP, `width` pixels wide.

    Returns None if the picture is not wider than that, or if Pillow cannot read it. A browser may
    still know its format.
    """
    return _thumbnail(path, path.stat().st_mtime_ns, width)


@lru_cache(MAX_CACHED)
def _thumbnail(path: Path, _modified: int, width: int) -> bytes | None:
    try:
        with Image.open(path) as image:
            image.draft("RGB", (width, width))  # decodes a JPEG at a smaller size, which is faster
            upright = ImageOps.exif_transpose(image)
            if upright.width <= width:
                return None
            height = max(1, round(upright.height * width / upright.width))
            small = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            small = small.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    webp = BytesIO()
    small.save(webp, "WEBP", quality=QUALITY)
    return webp.getvalue()
