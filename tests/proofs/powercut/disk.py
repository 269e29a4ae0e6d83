"""Which disks an instant can leave: what was flushed is there, and of the rest any part."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

from tests.proofs.powercut.recording import Operation

BLOCK = 4096  # bytes that a disk writes together
NAME_KINDS = {"create", "rename", "link", "unlink"}
FILE_KINDS = {"write", "truncate"}


def flushes(operations: Sequence[Operation]) -> dict[int, int]:
    """Return which operations were flushed, and by which one, by index.

    A flush covers what was done before it began. What a failed flush of a file covered may never
    get to the disk, even if a later flush succeeds. Names are in a journal, which has an order: the
    next flush that succeeds covers them.
    """
    flushed: dict[int, int] = {}
    doubtful: set[int] = set()
    pending: dict[int, list[int]] = {}  # by file; changes of names have the folder's 0
    for index, operation in enumerate(operations):
        if operation.kind in FILE_KINDS:
            pending.setdefault(operation.file, []).append(index)
        elif operation.kind in NAME_KINDS:
            pending.setdefault(0, []).append(index)
        elif operation.kind == "flush" or (operation.kind == "failed flush" and operation.file):
            changes = pending.get(operation.file, [])
            covered = [each for each in changes if each < operation.offset]
            pending[operation.file] = changes[len(covered) :]
            if operation.kind == "flush":
                flushed |= dict.fromkeys(covered, index)
            else:
                doubtful.update(covered)
    assert not doubtful & flushed.keys()
    return flushed


def rebuild(
    operations: Sequence[Operation], flushed: dict[int, int], folder: Path, random: Random
) -> None:
    """Write into an empty folder what the disk may have when the power goes after these."""
    files: dict[int, bytearray] = {}
    names: dict[str, int] = {}
    kept = _kept(operations, flushed, random)
    for index, operation in enumerate(operations):
        if index not in kept:
            continue
        if operation.kind == "truncate":
            _resize(files.setdefault(operation.file, bytearray()), operation.offset)
        elif operation.kind == "write":
            _write(files.setdefault(operation.file, bytearray()), operation, kept[index])
        elif operation.kind == "create":
            names[operation.name] = operation.file
        elif operation.name in names:
            if operation.kind != "link":
                del names[operation.name]
            if operation.new_name:
                names[operation.new_name] = operation.file
    for name, file in names.items():
        (folder / name).write_bytes(files.get(file, b""))


def _kept(
    operations: Sequence[Operation], flushed: dict[int, int], random: Random
) -> dict[int, list[range]]:
    """Return the operations that are on the disk, and which bytes of each."""
    kept: dict[int, list[range]] = {}
    pending: dict[int, list[int]] = {}
    for index, operation in enumerate(operations):
        if flushed.get(index, len(operations)) < len(operations):
            kept[index] = [range(len(operation.data))]
        elif operation.kind in FILE_KINDS:
            pending.setdefault(operation.file, []).append(index)
        elif operation.kind in NAME_KINDS:
            pending.setdefault(0, []).append(index)
    mode = random.choice(["prefix", "subset", "torn"])
    for file, indexes in pending.items():
        if file and mode == "subset":
            for index in indexes:
                parts = [part for part in _blocks(operations[index]) if random.random() < 0.5]
                if parts or (operations[index].kind == "truncate" and random.random() < 0.5):
                    kept[index] = parts
            continue
        prefix = indexes[: random.randint(0, len(indexes))]  # names keep their order on a disk
        kept |= {index: [range(len(operations[index].data))] for index in prefix}
        if file and prefix and mode == "torn":
            kept[prefix[-1]] = [range(random.randint(0, len(operations[prefix[-1]].data)))]
    return kept


def _blocks(write: Operation) -> list[range]:
    """Return the bytes of a write that are in each block of the disk."""
    end = write.offset + len(write.data)
    if not write.data:
        return []
    edges = [write.offset, *range((write.offset // BLOCK + 1) * BLOCK, end, BLOCK), end]
    return [range(first - write.offset, last - write.offset) for first, last in pairwise(edges)]


def _write(content: bytearray, write: Operation, parts: list[range]) -> None:
    for part in parts:
        if part:
            start, end = write.offset + part.start, write.offset + part.stop
            if len(content) < start:
                _resize(content, start)  # the file system shows zeros
            content[start:end] = write.data[part.start : part.stop]


def _resize(content: bytearray, size: int) -> None:
    del content[size:]
    content.extend(bytes(size - len(content)))
