"""Random and mutated captions.toml files. Each picture still has its texts, and nothing raises."""

import os
import tempfile
from pathlib import Path
from random import Random

from gallery.captions import FIELDS
from gallery.pictures import pictures

NAMES = ["a.webp", "b.webp"]
CAPTIONS = b"""["a.webp"]
title = "A title"
caption = "Seven words about \xc3\xa9, and more."
alt = 'In words'
["b.webp"]
title = "Another"
"""
PIECES = [b'"', b"'", b"=", b"[", b"]", b"[[", b"{", b"}", b".", b"\n", b"#", b"\\", b"\\u0000"]
PIECES += [b"\0", b"\xff", b"7", b"1e999", b"nan", b"true", b"2026-11-24", b"[" * 2000, b'"""']
PIECES += [b"title", b"alt = 1\n", b'["a.webp"]\n', b"[[x]]\n", b"\xef\xbb\xbf", b"\r"]


def mutated_captions(random: Random) -> bytes:
    """Return captions with a few bytes changed, dropped or inserted."""
    content = bytearray(CAPTIONS)
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(content) + 1)
        end = start + random.choice([0, 0, 1, 5, 30])
        content[start:end] = random.choice([b"", random.randbytes(2), *PIECES])
    return bytes(content)


def fuzz_captions(count: int) -> int:
    """Read `count` files. Returns how many captions were valid. Raises if a file breaks it."""
    valid = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in NAMES:
            (folder / each).touch()
        file = folder / "captions.toml"
        for number in range(count):
            random = Random(number)
            file.write_bytes(mutated_captions(random))
            os.utime(file, ns=(number, number))  # captions are cached until the file changes
            found = pictures(folder)
            assert sorted(picture.name for picture in found) == NAMES
            for picture in found:
                assert all(isinstance(getattr(picture, field), str) for field in FIELDS)
                assert picture.title
                valid += picture.title in {"A title", "Another"}
    return valid
