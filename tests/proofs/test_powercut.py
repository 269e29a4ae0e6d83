"""A short run of bench/powercut.py, and a proof that it notices each flush that is left out."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.proofs.powercut.check import PowerCuts
from tests.proofs.powercut.recording import record
from tests.proofs.powercut.start import check_start

STATES = 300


@pytest.fixture(autouse=True)
def strace() -> None:
    """Skip the tests where strace cannot run, but fail in CI."""
    program = shutil.which("strace")
    if not program or subprocess.run([program, "true"], check=False).returncode:
        fail = pytest.fail if os.environ.get("CI") else pytest.skip
        fail("These tests need strace, and the right to use it: apt install strace")


def wrong_states(tmp_path: Path, fault: str = "") -> dict[int, list[str]]:
    """Return what is wrong with the states of one workload, by number."""
    recorded = tmp_path / "recorded"
    recorded.mkdir()
    cuts = PowerCuts(record(recorded, 1, fault), 1)
    found = {}
    for number in range(STATES):
        disk = tmp_path / str(number)
        disk.mkdir()
        if violations := cuts.check(number, disk):
            found[number] = violations
    cuts.leave(STATES, recorded)
    if not fault and (violations := check_start(recorded / "dialog.jsonl")):
        found[STATES] = violations
    return found


def test_no_power_cut_loses_what_was_acknowledged(tmp_path: Path) -> None:
    assert not wrong_states(tmp_path)


@pytest.mark.parametrize("fault", ["folder", "lines", "copy"])
def test_a_flush_that_is_left_out_is_noticed(tmp_path: Path, fault: str) -> None:
    assert wrong_states(tmp_path, fault)
