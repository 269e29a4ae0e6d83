"""Both programs end on signals, even on several in a row."""

import atexit
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import startup
from tests import patched
from tests.conftest import HERE, running
from tests.waiting import until

PROGRAMS = pytest.mark.parametrize("program", [("server.py", "--port", "0"), ("robot.py",)])


def slow_exit() -> None:
    """Let the exit of this process take a while, so that a second signal arrives meanwhile."""
    atexit.register(time.sleep, 0.3)


@PROGRAMS
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_many_signals_in_a_row_end_a_program_without_a_traceback(
    path: Path, program: tuple[str, ...], number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, *patched.command(slow_exit, *program, "--dialog", str(path))],
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert "Press Ctrl-C" in process.stdout.readline()

    def ended_after_another_signal() -> bool:
        process.send_signal(number)
        return process.poll() is not None

    until(ended_after_another_signal)
    _, errors = process.communicate(timeout=10)
    assert "Traceback" not in errors
    assert process.returncode == 0


@PROGRAMS
def test_two_signals_at_once_end_a_program_without_a_traceback(
    path: Path, program: tuple[str, ...]
) -> None:
    with running(*program, "--dialog", str(path)) as (process, _):
        for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            process.send_signal(number)  # both arrive before Python handles one of them
        assert process.wait(10) == 0


def test_windows_ends_a_program_with_ctrl_break(monkeypatch: pytest.MonkeyPatch) -> None:
    # Linux has no SIGBREAK, so another signal stands for it.
    previous = signal.getsignal(signal.SIGUSR1)
    monkeypatch.setattr(startup, "SIGNALS", [signal.SIGUSR1])
    try:
        with pytest.raises(SystemExit) as exited, startup.exiting_on_signals():
            signal.raise_signal(signal.SIGUSR1)
        assert exited.value.code == 0
        assert signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGUSR1, previous)
