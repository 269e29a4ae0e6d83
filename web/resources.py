"""Settings of a process that serves thousands of subscribers."""

import contextlib
import ctypes
import gc
import sys

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

MOST_DESCRIPTORS = 65_536  # each subscriber needs one
MACOS_OPEN_MAX = 10_240  # the most descriptors that macOS allows a process by default
SWITCH_INTERVAL = 0.0005  # seconds; by default, a thread keeps the loop waiting ten times as long
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # parameters of mallopt, of glibc
LARGE_BLOCK = 128 * 1024  # bytes; the system gets larger blocks back as soon as they are free
ARENAS = 2  # heaps that threads share; by default, each of 16 keeps the memory of large pages
GARBAGE_THRESHOLD = 50_000  # new objects before the garbage collector looks at them


def raise_descriptor_limit() -> int:
    """Raise the limit of open files and connections as far as the system allows. Returns it.

    macOS refuses more than `OPEN_MAX`, even where it reports no limit. The limit in force is read
    again, because a system may also accept a limit and set a lower one.
    """
    if not resource:
        return MOST_DESCRIPTORS
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (MOST_DESCRIPTORS, MACOS_OPEN_MAX):
        allowed = limit if hard == resource.RLIM_INFINITY else min(hard, limit)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
            break
    in_force, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if in_force == resource.RLIM_INFINITY:
        return MOST_DESCRIPTORS
    return min(in_force, MOST_DESCRIPTORS)


def return_free_memory() -> None:
    """Return the memory of large pages to the system. Does nothing without glibc.

    Four readers of the longest pages took 158 MB without this, and 85 MB with it.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
        mallopt(M_ARENA_MAX, ARENAS)


def collect_garbage_rarely() -> None:
    """Keep the garbage collector from pausing a server with thousands of subscribers.

    Objects created at start-up are excluded from garbage collection. Those of a request are freed
    by their reference counts.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


def favour_the_loop() -> None:
    """Let the asyncio loop take over soon from a thread that computes, such as one of Flask's."""
    sys.setswitchinterval(SWITCH_INTERVAL)
