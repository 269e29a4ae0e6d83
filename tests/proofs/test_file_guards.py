"""Guards of the file store that no other test holds."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from dialog import Busy, DialogError, Draft, FileStore, Message, Unavailable
from dialog.file import append, nonces, store
from dialog.file.group_commit import GroupCommit
from dialog.file.lines import HASHED_BYTES, LineReader, position_of
from dialog.file.trim import choose_cut
from tests.messages import many, write
from tests.waiting import until

THREADS = 3
pytestmark = pytest.mark.file


@pytest.fixture
def dialog(path: Path) -> FileStore:
    return FileStore(path)


def rewritten(monkeypatch: pytest.MonkeyPatch) -> list[range]:
    """Return a list that gets the offsets of what is written in place from now on."""
    written: list[range] = []
    overwrite = append._overwrite

    def record(file: BinaryIO, offset: int, content: bytes) -> None:
        written.append(range(offset, offset + len(content)))
        overwrite(file, offset, content)

    monkeypatch.setattr(append, "_overwrite", record)
    return written


def test_a_retry_in_another_process_writes_a_far_line_again(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first writer may have been killed before its flush."""
    message = dialog.append("a", nonce="n")
    many(dialog, *["x" * 100] * 30)
    written = rewritten(monkeypatch)
    assert FileStore(dialog.path).append("a", nonce="n") == message
    assert any(position_of(message.id) - 1 in each for each in written)


def test_a_file_that_replaced_the_dialog_is_not_overwritten(dialog: FileStore) -> None:
    dialog.append("a")
    with dialog.path.open("a+b", buffering=0) as file:
        dialog.path.unlink()
        write(dialog.path, b"other")
        with pytest.raises(OSError, match="replaced"):
            append._overwrite(file, 0, b"lost")
    assert dialog.path.read_bytes() == b"other"


def test_no_trim_drops_the_last_message(dialog: FileStore) -> None:
    many(dialog, *["short"] * 50)
    dialog.append("x" * 5 * HASHED_BYTES)
    with dialog.path.open("rb") as file:
        assert choose_cut(LineReader(file), 2 * HASHED_BYTES, None) is None


def test_an_append_gives_up_while_another_thread_holds_the_file(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOCK_TIMEOUT", 0.1)
    with ThreadPoolExecutor(1) as pool, dialog._locked():
        appended = pool.submit(dialog.append, "a")
        assert isinstance(appended.exception(timeout=30), Busy)
    assert dialog.append("b").text == "b"


def test_all_names_of_a_file_share_a_lock(
    dialog: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(dialog.path)
    monkeypatch.chdir(tmp_path)
    for name in (link, Path(dialog.path.name)):
        assert FileStore(name).location == dialog.location


def test_each_thread_of_a_failed_batch_raises_an_error_of_its_own() -> None:
    """Threads that raise one object mix up its traceback."""

    shared = Unavailable("broken")

    @contextmanager
    def open_file() -> Iterator[BinaryIO]:
        until(lambda: len(commits._queue) == THREADS)
        yield BytesIO()

    def write_nothing(_: BinaryIO, drafts: Sequence[Draft]) -> list[Message | DialogError]:
        return [shared for _ in drafts]

    def attempt(_: int) -> DialogError:
        with pytest.raises(Unavailable) as raised:
            commits.append([Draft("a")], timeout=30)
        return raised.value

    commits = GroupCommit(open_file, write_nothing)
    with ThreadPoolExecutor(THREADS) as pool:
        errors = list(pool.map(attempt, range(THREADS)))
    assert len({id(error) for error in errors}) == THREADS


def test_the_oldest_nonces_are_forgotten(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nonces, "MOST_NONCES", 3)
    for number in range(5):
        dialog.append("a", nonce=str(number))
    dialog.append("a")
    assert len(dialog._nonces._messages) == 3


def test_a_nonce_is_known_after_a_restart_for_a_megabyte(dialog: FileStore) -> None:
    message = dialog.append("a", nonce="n")
    many(dialog, *["x" * 1000] * 800)
    assert FileStore(dialog.path).append("a", nonce="n") == message
