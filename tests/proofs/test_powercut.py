"""A short run of bench/powercut.py, and a proof that it notices each flush that is left out."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.powercut.check import PowerCuts
from tests.proofs.powercut.start import check_start

STATES = 80
WORKLOADS = 12


@pytest.fixture(autouse=True)
def strace() -> None:
    """Skip the tests where strace cannot run, but fail in CI."""
    program = shutil.which("strace")
    if not program or subprocess.run([program, "true"], check=False).returncode:
        fail = pytest.fail if os.environ.get("CI") else pytest.skip
        fail("These tests need strace, and the right to use it: apt install strace")


def wrong_states(
    folder: Path, seed: int = 1, fault: str = "", workload: str = "stores"
) -> Iterator[str]:
    """Yield what is wrong with the states of one workload, and with a start on the last one."""
    folder.mkdir()
    cuts = PowerCuts.record(folder, seed, fault, workload)
    for number in range(STATES):
        disk = folder / str(number)
        disk.mkdir()
        yield from cuts.check(number, disk)
    last = folder / "last"
    last.mkdir()
    cuts.leave(STATES, last)
    if not fault:
        yield from check_start(last / "dialog.jsonl", replies_to_all=workload == "programs")


@pytest.mark.parametrize("workload", ["stores", "programs"])
def test_no_power_cut_loses_what_was_acknowledged(tmp_path: Path, workload: str) -> None:
    assert not list(wrong_states(tmp_path / "1", workload=workload))


@pytest.mark.parametrize(
    ("workload", "fault"),
    [("stores", "folder"), ("stores", "lines"), ("stores", "copy"), ("programs", "lines")],
)
def test_a_flush_that_is_left_out_is_noticed(tmp_path: Path, workload: str, fault: str) -> None:
    # A workload in which both trims fail shows nothing, so several workloads run.
    workloads = (
        wrong_states(tmp_path / str(seed), seed, fault, workload) for seed in range(1, WORKLOADS)
    )
    assert any(any(found) for found in workloads)
