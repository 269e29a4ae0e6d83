"""Everything a developer does, with one command that needs only Python 3.11 or newer.

    python3 dev.py run      start the server and the robot; Ctrl-C stops both. With --lab, viewers
                            of /delivery can make messages and network faults
    python3 dev.py test     run the tests; further arguments go to pytest: test -k dialog
    python3 dev.py check    lint, check the format, check the types
    python3 dev.py bench    compare with other servers, eleven minutes; with --quick 90 seconds

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
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
UNFINISHED = VENV / "unfinished"  # exists while .venv is being created
STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last one is of Windows
SIGNALS = [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]
# A process in a group of its own does not get the Ctrl-C of the terminal.
if sys.platform == "win32":
    NEW_GROUP, END = subprocess.CREATE_NEW_PROCESS_GROUP, signal.CTRL_BREAK_EVENT
else:
    NEW_GROUP, END = 0, signal.SIGTERM


def install(requirements: str) -> None:
    """Install a requirements file in .venv, unless that is already done. Raises SystemExit."""
    files = sorted(HERE.glob("requirements*.txt"))
    checksum = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    stamp = VENV / ("installed-" + requirements)
    reason = venv_trouble()
    if not reason and stamp.exists() and stamp.read_text() == checksum:
        return
    if not os.access(str(VENV if VENV.exists() else HERE), os.W_OK):
        sys.exit(
            f"Cannot write to {HERE}, where the packages are installed in .venv. Make the folder "
            "writable, or copy it to a folder of your own. Then try again."
        )
    if reason:
        create_venv(reason)
    print(f"Installing {requirements} ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    if not call_alone(*pip, "-r", str(HERE / requirements)):
        sys.exit(
            "The packages could not be installed; pip's message is above. Check the network "
            "connection, then try again."
        )
    stamp.write_text(checksum)


def venv_trouble() -> str:
    """Return why .venv must be created, or an empty string if it works with this Python."""
    if not VENV.exists():
        return f"Creating {VENV} ..."
    program = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    version = ""
    with contextlib.suppress(OSError):  # the interpreter of .venv is missing
        version = subprocess.run(
            [str(PYTHON), "-c", program], capture_output=True, text=True, check=False
        ).stdout.strip()
    if UNFINISHED.exists() or not version:
        return f"Creating {VENV} again, because it is incomplete or its Python is missing ..."
    if version != f"{sys.version_info[0]}.{sys.version_info[1]}":
        return f"Creating {VENV} again, because it belongs to Python {version} ..."
    return ""


def create_venv(reason: str) -> None:
    """Create .venv, in place of an old one. Raises SystemExit if that fails."""
    print(reason, flush=True)
    if VENV.is_symlink():
        VENV.unlink()
    shutil.rmtree(str(VENV), ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if not call_alone(sys.executable, "-m", "venv", str(VENV)):
        sys.exit(
            f"Cannot create {VENV}. On Debian and Ubuntu, run: sudo apt install python3-venv\n"
            "On other systems, install Python 3.11 or newer from python.org. Then try again."
        )
    UNFINISHED.unlink()


def call_alone(*command: str) -> bool:
    """Run a command that ends silently on Ctrl-C. Returns whether it succeeded."""
    group = None if NEW_GROUP else 0
    process = subprocess.Popen(
        command, env=utf8(), stdin=subprocess.DEVNULL, process_group=group, creationflags=NEW_GROUP
    )
    try:
        return process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill() if sys.platform == "win32" else os.killpg(process.pid, signal.SIGKILL)


def utf8() -> "dict[str, str]":
    """Return an environment in which Python prints UTF-8. Windows has other encodings, too."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8", "PATH": path}


def run() -> int:
    """Run the processes of the Procfile until one of them ends, or until Ctrl-C."""
    install("requirements.txt")
    lines = (HERE / "Procfile").read_text().splitlines()
    processes: list[subprocess.Popen[str]] = []
    received: list[int] = []  # no exception, which could lose a process that is being started
    on_signals(lambda number, _: received.append(number))
    for name, command in (line.split(": ", 1) for line in lines):
        processes.append(start(command + " --lab" * (name == "web" and "--lab" in sys.argv)))
        threading.Thread(target=print_output, args=(name, processes[-1])).start()
    while not received and all(process.poll() is None for process in processes):
        time.sleep(0.1)
    code = 0 if received else max(abs(process.poll() or 0) for process in processes)
    stop(processes)
    return code


def start(command: str) -> "subprocess.Popen[str]":
    """Start a command of the Procfile with the Python of .venv, in a process group of its own.

    The terminal sends Ctrl-C to the group of this program only, which then ends the others.
    """
    # The Procfile listens on all addresses; in development, only this machine may connect.
    command = command.replace("0.0.0.0", os.environ.get("HOST", "127.0.0.1"))  # noqa: S104
    return subprocess.Popen(
        [str(PYTHON), *shlex.split(command)[1:]],
        cwd=str(HERE),
        env={**utf8(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        process_group=None if NEW_GROUP else 0,
        creationflags=NEW_GROUP,
    )


def print_output(name: str, process: "subprocess.Popen[str]") -> None:
    """Print each line of a process's output, prefixed with its name."""
    for line in process.stdout or ():
        print(f"{name:>5} | {line}", end="", flush=True)


def stop(processes: "list[subprocess.Popen[str]]") -> None:
    """Ask the processes to end, and kill those that still run after 8 seconds.

    On Windows, `terminate` would kill them at once. Ctrl-Break lets them clean up.
    """
    for process in processes:
        if process.poll() is None:
            process.send_signal(END)
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=8)
        process.kill()


def test() -> int:
    """Run the tests, after installing the browser and the Redis server that they need."""
    install("requirements-dev.txt")
    # Four workers, even on two cores, because tests mostly wait for a process or a page.
    return call("-m", "tests.programs") or call("-m", "pytest", "-n", "4", *sys.argv[2:])


def check() -> int:
    """Lint, check the format and check the types of all code, benchmarks included."""
    install("requirements-bench.txt")
    tools = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "."])
    return max(call("-m", *tool) for tool in tools)


def bench() -> int:
    """Compare this chat with other servers. The benchmark names the programs that it lacks."""
    install("requirements-bench.txt")
    return call("-m", "bench", *sys.argv[2:])


def call(*arguments: str) -> int:
    """Run the Python of .venv and return its status. Ctrl-C ends that process, not this one."""
    on_signals(lambda *_: None)
    code = subprocess.call([str(PYTHON), *arguments], cwd=str(HERE), env=utf8())
    on_signals(leave)
    return code


def on_signals(handler: "Callable[[int, object], object] | signal.Handlers") -> None:
    """Call `handler` for the signals that end this program, unless its caller ignores them."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def leave(*_: object) -> None:
    """Exit. Ignores further signals, which would print a traceback during the exit."""
    on_signals(lambda *_: None)
    sys.exit("\nStopped. Run the same command again to continue.")


COMMANDS = {"run": run, "test": test, "check": check, "bench": bench}


def main() -> None:
    """Run the command that the first argument names."""
    if sys.version_info < (3, 11):
        sys.exit(f"This project needs Python 3.11 or newer. This is {sys.version.split()[0]}.")
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # on Windows, not UTF-8
    name, *others = sys.argv[1:] or [""]
    asks_for_help = {"-h", "--help"}.intersection([name, *others])
    if asks_for_help and name != "test":
        print(__doc__)
        return
    if name not in COMMANDS:
        sys.exit(f"{__doc__}\nThere is no command {name!r}. Choose one of those above.")
    if others and name not in {"test", "bench"} and [name, *others] != ["run", "--lab"]:
        sys.exit(
            f"dev.py {name} takes no arguments, but got {' '.join(others)}. Set variables instead, "
            "such as PORT=5001 python3 dev.py run, or start server.py and robot.py yourself."
        )
    on_signals(leave)
    try:
        sys.exit(COMMANDS[name]())
    finally:
        on_signals(signal.SIG_IGN)


if __name__ == "__main__":
    main()
