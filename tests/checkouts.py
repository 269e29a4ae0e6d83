"""Copies of the checkout with a `.venv` of their own, for tests of dev.py."""

import os
import signal
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.conftest import HERE

# The .venv of a copy finds the packages of the tests here, so nothing is downloaded.
PACKAGES = sysconfig.get_path("purelib")
QUICK_PROCFILE = "web: python --version\n"  # ends at once


class Checkout:
    """A folder with dev.py, links to both programs, and empty lists of requirements."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        for name in ("dev.py", "Procfile"):
            (folder / name).write_bytes((HERE / name).read_bytes())
        for name in ("server.py", "robot.py"):
            (folder / name).symlink_to(HERE / name)
        for name in ("requirements.txt", "requirements-dev.txt"):
            (folder / name).touch()

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def create_venv(self) -> None:
        """Create .venv without pip, which it finds among the packages of the tests."""
        venv.create(self.venv, symlinks=True)

    def start(self, *arguments: str, **environ: str) -> "subprocess.Popen[str]":
        """Start dev.py in a process group of its own, as a terminal does."""
        return subprocess.Popen(
            [os.path.realpath(sys.executable), "dev.py", *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": PACKAGES, "PYTHONUNBUFFERED": "1"} | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def run(self, *arguments: str, **environ: str) -> tuple[int, str]:
        """Run dev.py. Returns its status and what it prints."""
        process = self.start(*arguments, **environ)
        printed, _ = process.communicate(timeout=120)
        assert "Traceback" not in printed, printed
        return process.returncode, printed


def press_ctrl_c(process: "subprocess.Popen[str]") -> bool:
    """Send what a terminal sends on Ctrl-C. Returns whether the process has ended."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    return process.poll() is not None
