"""Appends from many threads share a flush, and each caller still gets exactly its own result."""

import errno
import os
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock

from dialog import Busy, DiskFull, Draft, FileStore, Message, Unavailable
from dialog.file import store
from tests.messages import texts
from tests.waiting import until

pytestmark = pytest.mark.file

THREADS = 20
PATIENCE = 30.0  # seconds for what takes milliseconds
Result = TypeVar("Result")


@pytest.fixture
def dialog(path: Path, monkeypatch: pytest.MonkeyPatch) -> FileStore:
    monkeypatch.setattr(store, "LOCK_TIMEOUT", 2 * PATIENCE)
    return FileStore(path)


def started(call: Callable[..., Result], *args: object) -> "Future[Result]":
    """Run a call in a thread that does not outlive the tests, even if it hangs."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(call(*args))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


@contextmanager
def locked(dialog: FileStore) -> Iterator[None]:
    """Hold the lock as another process would."""
    with FileLock(f"{dialog.path}.lock"):
        yield


def queued(dialog: FileStore) -> int:
    return len(dialog._commits._queue)


def append_behind_the_lock(dialog: FileStore, *drafts: Draft) -> list[Future[list[Message]]]:
    """Append from several threads, which form one batch once the lock is released."""
    results = []
    for count, draft in enumerate(drafts, 1):
        results.append(started(dialog.append_all, [draft]))
        until(lambda: queued(dialog) == count)  # noqa: B023  # called here
    return results


class Flush:
    """Replaces os.fsync: counts the flushes of files, and holds up the first until it is let go."""

    def __init__(self) -> None:
        self.calls = 0
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self._fsync = os.fsync

    def __call__(self, descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            return
        self.calls += 1
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        self._fsync(descriptor)


@pytest.fixture
def flush(monkeypatch: pytest.MonkeyPatch) -> Flush:
    flush = Flush()
    monkeypatch.setattr(os, "fsync", flush)
    return flush


def fail_to_flush(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fsync(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fsync)


def errors_of(results: list[Future[list[Message]]]) -> list[BaseException | None]:
    return [result.exception(timeout=PATIENCE) for result in results]


def test_appends_that_arrive_during_a_flush_share_the_next_one(
    dialog: FileStore, flush: Flush
) -> None:
    first = started(dialog.append, "first")
    assert flush.begun.wait(PATIENCE)
    drafts = [[Draft(f"{thread} {n}") for n in range(3)] for thread in range(THREADS)]
    results = [started(dialog.append_all, each) for each in drafts]
    until(lambda: queued(dialog) == THREADS)
    assert not first.done()
    flush.may_end.set()
    messages = [first.result(timeout=PATIENCE)]
    for each, result in zip(drafts, results, strict=True):
        appended = result.result(timeout=PATIENCE)
        assert texts(tuple(appended)) == [draft.text for draft in each]
        messages += appended
    assert flush.calls == 2
    stored = dialog.newest(1000).messages
    assert len(stored) == len(messages) == 1 + 3 * THREADS
    assert set(stored) == set(messages)
    assert [m.text for m in stored if m.text.startswith("7 ")] == ["7 0", "7 1", "7 2"]


def test_nothing_is_written_after_its_caller_gave_up(dialog: FileStore) -> None:
    with locked(dialog):
        (leader,) = append_behind_the_lock(dialog, Draft("leader"))
        late = started(dialog._commits.append, [Draft("gives up")], 0.05)
        assert isinstance(late.exception(timeout=PATIENCE), Busy)
    leader.result(timeout=PATIENCE)
    assert texts(dialog.newest(9).messages) == ["leader"]


def test_a_caller_whose_drafts_are_being_written_waits_for_the_result(
    dialog: FileStore,
    flush: Flush,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timed_out = threading.Event()
    withdraw = dialog._commits._withdraw

    def withdraw_late(append: object) -> None:
        timed_out.set()
        assert flush.begun.wait(PATIENCE)  # by then the leader has taken the drafts
        withdraw(append)  # type: ignore[arg-type]

    monkeypatch.setattr(dialog._commits, "_withdraw", withdraw_late)
    with locked(dialog):
        (leader,) = append_behind_the_lock(dialog, Draft("leader"))
        follower = started(dialog._commits.append, [Draft("follower")], 0.05)
        assert timed_out.wait(PATIENCE)
    flush.may_end.set()
    messages = leader.result(timeout=PATIENCE) + follower.result(timeout=PATIENCE)
    assert dialog.newest(9).messages == tuple(messages)
    assert flush.calls == 1


def test_all_are_told_when_no_leader_gets_the_lock(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOCK_TIMEOUT", 0.2)
    with locked(dialog):
        results = [started(dialog.append, str(number)) for number in range(3)]
        errors = [result.exception(timeout=PATIENCE) for result in results]
    assert [type(error) for error in errors] == [Busy] * 3
    assert not dialog.path.exists()
    assert dialog.append("afterwards") == dialog.newest(9).messages[0]


@pytest.mark.parametrize(
    ("number", "error"), [(errno.EIO, Unavailable), (errno.ENOSPC, DiskFull)], ids=["EIO", "full"]
)
def test_a_flush_that_fails_fails_every_append_in_the_batch(
    dialog: FileStore,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    error: type[Exception],
) -> None:
    dialog.append("before")
    with monkeypatch.context() as broken:
        fail_to_flush(broken, OSError(number, os.strerror(number)))
        with locked(dialog):
            results = append_behind_the_lock(dialog, *map(Draft, "abc"))
        errors = errors_of(results)
    assert [type(each) for each in errors] == [error] * 3
    assert len({str(each) for each in errors}) == 1
    assert len(set(map(id, errors))) == 3  # threads that raise one object mix up its traceback
    dialog.append("after")
    assert texts(dialog.newest(9).messages) == ["before", *"abc", "after"]


def test_a_leader_that_is_interrupted_leaves_nobody_waiting(
    dialog: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        fail_to_flush(broken, SystemExit())
        with locked(dialog):
            results = append_behind_the_lock(dialog, *map(Draft, "abc"))
        errors = errors_of(results)
    assert [type(error) for error in errors] == [SystemExit, Unavailable, Unavailable]
    assert dialog.append("after").text == "after"


def test_a_nonce_gives_one_message_also_within_a_batch(dialog: FileStore) -> None:
    with locked(dialog):
        drafts = [Draft("first", nonce="n"), Draft("other"), Draft("again", nonce="n")]
        results = append_behind_the_lock(dialog, *drafts)
    (first,), (other,), (again,) = (result.result(timeout=PATIENCE) for result in results)
    assert again == first
    assert dialog.newest(9).messages == (first, other)
    assert texts((first, other)) == ["first", "other"]


@pytest.mark.parametrize("text", ["", "\ud800", "x" * 40_000])
def test_a_draft_that_cannot_be_read_back_fails_alone(dialog: FileStore, text: str) -> None:
    with locked(dialog):
        (good,) = append_behind_the_lock(dialog, Draft("good"))
        bad = started(dialog.append, text)
        assert isinstance(bad.exception(timeout=PATIENCE), ValueError)
    (message,) = good.result(timeout=PATIENCE)
    assert dialog.newest(9).messages == (message,)
    assert len(dialog.path.read_bytes().splitlines()) == 1
