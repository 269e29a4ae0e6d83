"""Pictures made small: WebP of a few widths, kept in memory, made anew when a file changes."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

WIDTHS = (240, 480, 960)  # pixels; a free choice would let anyone fill the memory
KEPT = 128  # thumbnails, of some 5 to 100 kB each
QUALITY = 78


def thumbnail(path: Path, width: int) -> bytes | None:
    """Return the picture at `path`, `width` pixels wide; None if it is not wider as it is.

    None, too, for what Pillow cannot read: a browser may know the format all the same.
    """
    return _made(path, path.stat().st_mtime_ns, width)


@lru_cache(KEPT)
def _made(path: Path, _modified: int, width: int) -> bytes | None:
    try:
        with Image.open(path) as image:
            image.draft("RGB", (width, width))  # JPEG is decoded smaller, and so faster
            upright = ImageOps.exif_transpose(image)
            if upright.width <= width:
                return None
            height = max(1, round(upright.height * width / upright.width))
            small = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            small = small.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    out = BytesIO()
    small.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()
