"""Everything a developer does, with one command that needs only Python 3.11 or newer.

    python3 dev.py run      start the server and the robot; Ctrl-C stops both
    python3 dev.py test     run the tests; further arguments go to pytest: test -k dialog
    python3 dev.py check    lint, check the format, check the types
    python3 dev.py bench    compare with other servers, about ten minutes

The first run creates .venv and installs the pinned packages there. Later runs reuse it, and
install again only when a requirements file changes.
"""

import contextlib
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
REDIS = ("redis-server", "valkey-server")


def install(requirements: str) -> None:
    """Install a requirements file in .venv, unless that is already done. Raises SystemExit."""
    files = sorted(HERE.glob("requirements*.txt"))
    checksum = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    stamp = VENV / f"installed-{requirements}"
    if stamp.exists() and stamp.read_text() == checksum:
        return
    if not PYTHON.exists() and subprocess.call([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            f"Cannot create {VENV}. On Debian and Ubuntu, run: sudo apt install python3-venv\n"
            "On other systems, install Python 3.11 or newer from python.org. Then try again."
        )
    print(f"Installing {requirements} ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    if subprocess.call([*pip, "-r", str(HERE / requirements)]):
        sys.exit(
            "The packages could not be installed; pip's message is above. Check the network "
            "connection, then try again."
        )
    stamp.write_text(checksum)


def run() -> int:
    """Run the processes of the Procfile until one of them ends, or until Ctrl-C."""
    install("requirements.txt")
    if (os.environ.get("DIALOG") or os.environ.get("REDIS_URL", "")).startswith("redis"):
        install("requirements-redis.txt")
    lines = (HERE / "Procfile").read_text().splitlines()
    commands = dict(line.split(": ", 1) for line in lines)
    processes: dict[str, subprocess.Popen[str]] = {}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for name, command in commands.items():
            processes[name] = start(command)
            threading.Thread(target=print_output, args=(name, processes[name])).start()
        while all(process.poll() is None for process in processes.values()):
            time.sleep(0.1)
        return max(process.poll() or 0 for process in processes.values())
    except KeyboardInterrupt:
        return 0
    finally:
        stop(list(processes.values()))


def start(command: str) -> "subprocess.Popen[str]":
    """Start a command of the Procfile with the Python of .venv."""
    # The Procfile listens on all addresses; in development, only this machine may connect.
    command = command.replace("0.0.0.0", os.environ.get("HOST", "127.0.0.1"))  # noqa: S104
    return subprocess.Popen(
        [str(PYTHON), *shlex.split(command)[1:]],
        cwd=HERE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def print_output(name: str, process: "subprocess.Popen[str]") -> None:
    """Print each line of a process's output, prefixed with its name."""
    for line in process.stdout or ():
        print(f"{name:>5} | {line}", end="", flush=True)


def stop(processes: "list[subprocess.Popen[str]]") -> None:
    """Terminate the processes, and kill those that still run after 8 seconds."""
    for process in processes:
        process.terminate()
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=8)
        process.kill()


def test() -> int:
    """Run the tests. Installs a browser and a Redis server if they are missing."""
    install("requirements-dev.txt")
    find_browser()
    find_redis()
    # Three workers, even on two cores, because tests mostly wait for a process or a page.
    return subprocess.call([str(PYTHON), "-m", "pytest", "-n", "3", *sys.argv[2:]], cwd=HERE)


def find_browser() -> None:
    """Install Chromium if no browser is found. Raises SystemExit if that fails."""
    if any(map(shutil.which, BROWSERS)):
        return
    if not subprocess.call([str(PYTHON), "-m", "playwright", "install", "chromium"]):
        return
    if not apt("chromium"):
        sys.exit("The tests need a browser. Install Chromium or Chrome, then try again.")


def find_redis() -> None:
    """Install a Redis server if none is found. Raises SystemExit if that fails."""
    if not shutil.which("ip"):  # one test simulates several hosts with it, or is skipped
        apt("iproute2")
    if not any(map(shutil.which, REDIS)) and not apt("redis-server"):
        sys.exit("The tests need redis-server or valkey-server. Install one, then try again.")


def apt(*packages: str) -> bool:
    """Install packages on Debian or Ubuntu, if run as root. Returns whether that worked."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (as_root and shutil.which("apt-get")):
        return False
    subprocess.call(["apt-get", "update", "-qq"])
    return subprocess.call(["apt-get", "install", "-y", "-qq", *packages]) == 0


def check() -> int:
    """Lint, check the format and check the types of all code, benchmarks included."""
    install("requirements-bench.txt")
    tools = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "."])
    return max(subprocess.call([str(PYTHON), "-m", *tool], cwd=HERE) for tool in tools)


def bench() -> int:
    """Compare this chat with other servers. Installs nchan and Redis if they are missing."""
    install("requirements-bench.txt")
    if not shutil.which("nginx"):
        apt("nginx-light", "libnginx-mod-nchan")
    if not any(map(shutil.which, REDIS)):
        apt("redis-server")
    return subprocess.call([str(PYTHON), "-m", "bench"], cwd=HERE)


COMMANDS = {"run": run, "test": test, "check": check, "bench": bench}

if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(f"This project needs Python 3.11 or newer. This is {sys.version.split()[0]}.")
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[sys.argv[1]]())
