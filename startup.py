"""How both entry points print, end on a signal, and report a missing package.

Standard library only.
"""

import io
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent
SIGNALS = [signal.SIGINT, signal.SIGTERM]
if sys.platform == "win32":
    SIGNALS.append(signal.SIGBREAK)  # the only signal that another Windows program can send


@contextmanager
def exiting_on_signals() -> Iterator[None]:
    """Raise SystemExit with status 0 on Ctrl-C and SIGTERM, and on Windows on Ctrl-Break.

    Ignores further signals while the process exits: SystemExit would print a traceback there.
    """
    _on_signals(_exit)
    try:
        yield
    finally:
        _on_signals(signal.SIG_IGN)  # Python would restore the default, which ends with status -15


def _exit(*_: object) -> None:
    # Code that cleans up may not survive a second SystemExit. A function ignores the signals here,
    # because SIG_IGN would print a traceback for one that has arrived, too, but was not handled.
    _on_signals(lambda *_: None)
    sys.exit(0)


def _on_signals(handler: Callable[[int, object], object] | signal.Handlers) -> None:
    for number in SIGNALS:
        signal.signal(number, handler)


def print_any_text() -> None:
    """Escape what the encoding of the standard output lacks, because a path can contain anything.

    Without this, printing it would raise UnicodeEncodeError.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def missing_package(error: ModuleNotFoundError) -> str:
    """Return what to do about a failed import. Raises `error` if the module is one of ours."""
    if sys.version_info < (3, 11):  # noqa: UP036  # an older Python lacks modules, such as tomllib
        return f"This chat needs Python 3.11 or newer. This is {sys.version.split()[0]}."
    name = str(error.name).partition(".")[0]
    if (ROOT / name).exists() or (ROOT / f"{name}.py").exists():
        raise error
    return (
        f"The package {name} is not installed for {sys.executable}. Install it with "
        f'"{sys.executable}" -m pip install -r requirements.txt, or run python3 dev.py run, '
        "which installs all packages in .venv."
    )
