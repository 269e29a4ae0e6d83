"""Cuts the power: rebuilds the disks that a crash can leave, and starts the chat on each.

    python bench/powercut.py --states 10000 --seed 1 [--starts 20] [--without folder|lines|copy]

strace records what the writers of a workload do to the folder of a dialog, and what they
acknowledge. The writers are stores of this program in one workload, and a real server and a real
robot, to which people talk over HTTP, in the next. Some flushes fail, and the disk is full at
times. A state is the disk at a random instant: everything flushed is there, and of the rest any
prefix, any blocks, or a torn part.

On each state, every acknowledged message must be there under its id, a retry must store nothing
twice, no message may have two replies, and every reader must go on or learn that its cursor is
gone. On some states, a real server and robot start, and each question must get one reply.
`--without` leaves out flushes, which the check must notice. It exits with 1 if
anything was wrong.
"""

import argparse
import contextlib
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.proofs.powercut.check import PowerCuts
from tests.proofs.powercut.start import check_start

STATES_OF_WORKLOAD = 500  # then another workload runs, with the next seed
WORKLOADS = ("stores", "programs")  # in turn
IN_MEMORY = Path("/dev/shm")  # noqa: S108  # the states need no real disk


def main() -> None:
    """Check many states and print the counts."""
    parser = argparse.ArgumentParser(description="Start on every disk that a power cut can leave.")
    parser.add_argument("--states", type=int, default=10_000, help="how many disks to check")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first workload")
    parser.add_argument("--starts", type=int, default=20, help="starts of a server and a robot")
    parser.add_argument("--without", choices=["folder", "lines", "copy"], default="")
    options = parser.parse_args()
    logging.disable()
    started = time.monotonic()
    violations: Counter[str] = Counter()
    first: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as parent:
        for number in range(options.states):
            workload, state = divmod(number, STATES_OF_WORKLOAD)
            seed = options.seed + workload
            kind = WORKLOADS[workload % len(WORKLOADS)]
            if state == 0:
                folder = Path(parent) / str(seed)
                folder.mkdir()
                cuts = PowerCuts.record(folder, seed, options.without, kind)
            with empty_folder() as disk:
                found = cuts.check(state, disk)
            if number % max(1, options.states // max(1, options.starts)) == 0 and options.starts:
                with empty_folder() as disk:
                    cuts.leave(state, disk)
                    found += check_start(disk / "dialog.jsonl", replies_to_all=kind == "programs")
            for violation in found:
                promise = violation.partition(":")[0]
                violations[promise] += 1
                first.setdefault(promise, f"seed {seed} ({kind}), state {state}: {violation}")
    for promise, count in violations.items():
        print(f"{count:>9,}  {promise} (first: {first[promise]})")
    seconds = time.monotonic() - started
    print(
        f"{options.states:,} states from seed {options.seed}: {violations.total():,} violations "
        f"({seconds:.0f} s)"
    )
    sys.exit(1 if violations else 0)


@contextlib.contextmanager
def empty_folder() -> Iterator[Path]:
    """Yield a temporary folder, in memory where the system has such a place."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as name:
        yield Path(name)


if __name__ == "__main__":
    main()
