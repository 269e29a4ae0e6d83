"""Other systems, simulated in a new process before a program is imported there."""

import sys


def hide_package(name: str) -> None:
    """Let the import of a package fail, as if it were not installed."""
    sys.modules[name] = None  # type: ignore[assignment]


def older_python() -> None:
    """Pretend that this is Python 3.10, which has no tomllib."""
    sys.version_info = (3, 10, 4)  # type: ignore[assignment]
    sys.version = "3.10.4 (main)"
    hide_package("tomllib")
    hide_package("uvicorn")
