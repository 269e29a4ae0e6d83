"""Set up and do the work, with nothing but Python: `python3 dev.py run|test|check|bench`.

Makes .venv and installs the pinned requirements there, again only when they changed.
What follows the word goes on to the tool: `python3 dev.py test -k dialog`.
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
    """See to it that .venv has what this file lists. SystemExit, with what to do, if it cannot."""
    files = sorted(HERE.glob("requirements*.txt"))
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    stamp = VENV / f"installed-{requirements}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists() and subprocess.call([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            f"Cannot make {VENV}. On Debian and Ubuntu: sudo apt install python3-venv\n"
            "Elsewhere: install Python 3.11 or newer from python.org. Then run this again."
        )
    print(f"Installing {requirements} ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    if subprocess.call([*pip, "-r", str(HERE / requirements)]):
        sys.exit("The installation failed: see above. It needs the network this once.")
    stamp.write_text(wanted)


def run() -> int:
    """Run the Procfile's processes side by side until one ends, or until Ctrl-C."""
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
            threading.Thread(target=mark, args=(name, processes[name])).start()
        while all(process.poll() is None for process in processes.values()):
            time.sleep(0.1)
        return max(process.poll() or 0 for process in processes.values())
    except KeyboardInterrupt:
        return 0
    finally:
        end(list(processes.values()))


def start(command: str) -> "subprocess.Popen[str]":
    """Start one line of the Procfile, with the Python of .venv."""
    # A deploy listens at every address; here, only this machine is to reach the chat.
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


def mark(name: str, process: "subprocess.Popen[str]") -> None:
    """Print what a process says, behind its name."""
    for line in process.stdout or ():
        print(f"{name:>5} | {line}", end="", flush=True)


def end(processes: "list[subprocess.Popen[str]]") -> None:
    """End all that still run: asked first, then not."""
    for process in processes:
        process.terminate()
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=8)
        process.kill()


def test() -> int:
    """Run the tests, with a browser and a Redis server that are here or that can be had."""
    install("requirements-dev.txt")
    find_browser()
    find_redis()
    # Three at a time also on two cores: much of a test is waiting for a process or for a page.
    return subprocess.call([str(PYTHON), "-m", "pytest", "-n", "3", *sys.argv[2:]], cwd=HERE)


def find_browser() -> None:
    """Install Chromium if there is none. SystemExit, with what to do, if that fails."""
    if any(map(shutil.which, BROWSERS)):
        return
    if not subprocess.call([str(PYTHON), "-m", "playwright", "install", "chromium"]):
        return
    if not apt("chromium"):
        sys.exit("The tests need a browser. Install Chromium or Chrome, then run this again.")


def find_redis() -> None:
    """Install a Redis server if there is none. SystemExit, with what to do, if that fails."""
    if not shutil.which("ip"):  # for several hosts on this one; without it, their test is skipped
        apt("iproute2")
    if not any(map(shutil.which, REDIS)) and not apt("redis-server"):
        sys.exit("The tests need redis-server or valkey-server. Install one, then run this again.")


def apt(*packages: str) -> bool:
    """Install what Debian and Ubuntu have, where we may. Returns whether that was done."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (as_root and shutil.which("apt-get")):
        return False
    subprocess.call(["apt-get", "update", "-qq"])
    return subprocess.call(["apt-get", "install", "-y", "-qq", *packages]) == 0


def check() -> int:
    """Lint, check the format, check the types: of the benchmarks, too."""
    install("requirements-bench.txt")
    tools = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "."])
    return max(subprocess.call([str(PYTHON), "-m", *tool], cwd=HERE) for tool in tools)


def bench() -> int:
    """Measure ours beside others; with nchan, if it is here or can be had."""
    install("requirements-bench.txt")
    if not shutil.which("nginx"):
        apt("nginx-light", "libnginx-mod-nchan")
    if not any(map(shutil.which, REDIS)):
        apt("redis-server")
    return subprocess.call([str(PYTHON), "-m", "bench"], cwd=HERE)


WORK = {"run": run, "test": test, "check": check, "bench": bench}

if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if len(sys.argv) < 2 or sys.argv[1] not in WORK:
        sys.exit(__doc__)
    sys.exit(WORK[sys.argv[1]]())
