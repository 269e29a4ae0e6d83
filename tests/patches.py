"""What tests change inside a server before it starts. Only this module names such internals."""

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import dialog.file.store
import dialog.file.watch
import server
import web.asgi
import web.delivery.base
import web.lab.sessions
import web.subscriber_protocol
import web.uvicorn_protocols
import web.websocket_protocol
from dialog import timestamp
from web.app import create_app
from web.lab.networks import NETWORKS

SHORT = 0.3  # seconds
NEW_USER_NAMESPACE = 0x10000000


def short_request_timeouts() -> None:
    """Disconnect clients that do not finish the head or the body of a request."""
    web.uvicorn_protocols.HEAD_TIMEOUT = web.asgi.BODY_TIMEOUT = SHORT


def short_read_timeout() -> None:
    """Disconnect clients that do not read."""
    web.subscriber_protocol.READ_TIMEOUT = SHORT


def short_ping_interval() -> None:
    """Send WebSocket pings often, and wait briefly for their answers."""
    web.websocket_protocol.PING_INTERVAL = SHORT


def short_trim_interval() -> None:
    """Check the bounds of the dialog often."""
    server.TRIM_INTERVAL = SHORT


def short_heartbeat() -> None:
    """Send an empty page on a silent stream after a short time."""
    web.delivery.base.HEARTBEAT = SHORT


def short_lock_timeout() -> None:
    """Give up early where another writer holds the file lock."""
    dialog.file.store.LOCK_TIMEOUT = SHORT


def jumping_clock() -> None:
    """Set the clock of three messages: now, 30 minutes ago, 15 minutes ago."""
    ages = iter([0.0, 1800.0, 900.0])

    def jump(ago: float = 0.0) -> str:
        return timestamp(next(ages))

    dialog.file.store.timestamp = jump  # type: ignore[attr-defined]


def images_from(folder: str) -> None:
    """Serve the pictures of another folder."""
    server.create_flask_app = partial(create_app, images=Path(folder))  # type: ignore[attr-defined]


def broken_fsync() -> None:
    """Let every flush to the disk fail."""

    def fail(_: int) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    os.fsync = fail  # type: ignore[assignment]


def leave_out_flushes(fault: str) -> None:
    """Let the flushes of the `folder`, the `lines` or the `copy` of a trim do nothing."""
    fsync = os.fsync

    def flush(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        is_copy = Path(f"/proc/self/fd/{descriptor}").readlink().suffix == ".new"
        kind = "folder" if is_folder else "copy" if is_copy else "lines"
        if kind != fault:
            fsync(descriptor)

    os.fsync = flush  # type: ignore[assignment]


@contextmanager
def dying_when_a_flush_fails() -> Iterator[None]:
    """End the thread whose flush fails, as if its process were killed then."""
    fsync = os.fsync

    def flush_or_die(descriptor: int) -> None:
        try:
            fsync(descriptor)
        except OSError as error:
            raise SystemExit from error

    os.fsync = flush_or_die  # type: ignore[assignment]
    yield
    os.fsync = fsync


def trim_often_and_leave_out_flushes(fault: str) -> None:
    """Trim as soon as the dialog exceeds its bounds, and leave out some flushes."""
    short_trim_interval()
    leave_out_flushes(fault)


def no_file_events() -> None:
    """Ignore all file events, as on a network disk, where none come and nothing reports it."""
    dialog.file.watch.FileWatcher.on_modified = lambda *_: None  # type: ignore[method-assign]


def no_inotify() -> None:
    """Forbid inotify, in a user namespace of this process. Raises OSError if Linux refuses."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_USER_NAMESPACE):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/sys/user/max_inotify_instances").write_text("0")


def small_files() -> None:
    """Let no file grow past 1,000 bytes, as on a full disk."""
    import resource  # noqa: PLC0415  # POSIX only

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def nearly_full_disk(path: str, room: str) -> None:
    """Let no file grow more than `room` bytes past the size of the one at `path`."""
    import resource  # noqa: PLC0415  # POSIX only

    size = Path(path).stat().st_size if Path(path).exists() else 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(room), size + int(room)))


def few_descriptors(count: str = "80") -> None:
    """Allow `count` open files and connections."""
    import resource  # noqa: PLC0415  # POSIX only

    resource.setrlimit(resource.RLIMIT_NOFILE, (int(count), int(count)))


def no_redis_client() -> None:
    """Hide the redis package, as if it were not installed."""
    sys.modules["redis"] = None  # type: ignore[assignment]


def short_faults() -> None:
    """Let the faults of the lab take 2 s."""
    for name in ("offline", "asleep"):
        NETWORKS[name] = replace(NETWORKS[name], lasts=2.0)
    NETWORKS["cut"] = replace(NETWORKS["cut"], cuts_after=2.0)


def short_sessions() -> None:
    """Let a session of the lab end soon after its viewer has gone."""
    web.lab.sessions.IDLE_TIMEOUT = web.lab.sessions.SWEEP_INTERVAL = SHORT
