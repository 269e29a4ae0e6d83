"""`python dev.py` on its first and later starts, and where something is in its way."""

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import patched, platforms
from tests.checkouts import QUICK_PROCFILE, Checkout, press_ctrl_c
from tests.conftest import HERE
from tests.waiting import until


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout whose path has a space and Cyrillic letters, and whose program ends at once."""
    checkout = Checkout(tmp_path / "один чат")
    (checkout.folder / "Procfile").write_text(QUICK_PROCFILE)
    return checkout


def test_the_second_start_installs_nothing(checkout: Checkout) -> None:
    status, printed = checkout.run("run")
    assert (status, printed.splitlines()[0]) == (0, f"Creating {checkout.venv} ...")
    status, printed = checkout.run("run")
    assert status == 0
    assert printed.startswith("  web | Python 3.")


def test_an_interrupted_first_start_recovers(checkout: Checkout) -> None:
    with checkout.start("run") as process:
        assert process.stdout
        assert "Creating" in process.stdout.readline()
        until((checkout.venv / "bin" / "python").exists)
        until(lambda: press_ctrl_c(process))
        assert "Traceback" not in process.stdout.read()
    assert process.returncode == 1
    status, printed = checkout.run("run")
    assert status == 0
    assert "again, because it is incomplete" in printed


def test_a_dangling_interpreter_is_replaced(checkout: Checkout) -> None:
    checkout.create_venv()
    (checkout.venv / "bin" / "python").unlink()
    (checkout.venv / "bin" / "python").symlink_to("/nonexistent/python3")
    status, printed = checkout.run("run")
    assert status == 0
    assert "its Python is missing" in printed


def test_a_venv_of_another_python_is_replaced(checkout: Checkout) -> None:
    checkout.create_venv()
    assert checkout.run("run")[0] == 0
    (checkout.venv / "bin" / "python").unlink()
    (checkout.venv / "bin" / "python").symlink_to(HERE / "tests" / "python_3_99")
    status, printed = checkout.run("run")
    assert status == 0
    assert "it belongs to Python 3.99" in printed


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["run", "--help"]])
def test_help_is_no_error(checkout: Checkout, arguments: list[str]) -> None:
    status, printed = checkout.run(*arguments)
    assert status == 0
    assert "start the server and the robot" in printed
    assert not checkout.venv.exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["run", "--port", "5001"], "PORT=5001 python3 dev.py run"),
        (["check", "--fix"], "takes no arguments, but got --fix"),
        (["start"], "There is no command 'start'."),
        ([], "Choose one of"),
    ],
)
def test_a_wrong_command_line_is_rejected_with_the_right_one(
    checkout: Checkout, arguments: list[str], reason: str
) -> None:
    status, printed = checkout.run(*arguments)
    assert status == 1
    assert reason in printed
    assert not checkout.venv.exists()


def test_a_read_only_checkout_is_reported_as_such() -> None:
    with tempfile.TemporaryDirectory() as folder:
        checkout = Checkout(Path(folder) / "chat")
        checkout.folder.chmod(0o555)
        Path(folder).chmod(0o555)
        ended = subprocess.run(
            ["/usr/bin/env", "python3", "-I", "dev.py", "run"],
            cwd=checkout.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            user=65534 if os.getuid() == 0 else None,  # root may write everywhere
        )
        Path(folder).chmod(0o755)
        checkout.folder.chmod(0o755)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Cannot write to {checkout.folder}")
    assert "python3-venv" not in ended.stderr


def test_an_old_python_can_parse_dev_and_is_told_which_it_needs() -> None:
    ast.parse((HERE / "dev.py").read_text(), feature_version=(3, 6))
    ended = subprocess.run(
        [sys.executable, *patched.command(platforms.older_python, "dev.py")],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 1
    assert ended.stderr == "This project needs Python 3.11 or newer. This is 3.10.4.\n"
