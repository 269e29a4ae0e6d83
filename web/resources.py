"""What a server with thousands of subscribers needs of its process."""

import gc

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

MOST_DESCRIPTORS = 65_536  # each subscriber needs one
GARBAGE_THRESHOLD = 50_000  # new objects before the garbage collector looks at them


def raise_descriptor_limit() -> int:
    """Raise the number of files and connections that the system allows; return it."""
    if not resource:
        return MOST_DESCRIPTORS
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


def collect_garbage_rarely() -> None:
    """Keep the garbage collector from pausing a server with thousands of subscribers.

    Objects created at start-up are excluded from garbage collection. What a request leaves behind
    is freed without it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
