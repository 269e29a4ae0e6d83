"""Programs start, or say in one line why not, whatever the names of files and hosts."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import HERE, running

both_programs = pytest.mark.parametrize("program", ["server.py", "robot.py"])


def failed_start(*command: str) -> str:
    """Return the line that a program prints when it fails to start."""
    ended = subprocess.run(
        [sys.executable, *command], cwd=HERE, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1, ended
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


@both_programs
def test_a_dialog_that_is_a_link_to_itself_is_reported(program: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    line = failed_start(program, "--dialog", str(tmp_path / "loop"))
    assert "loop is a link that leads to itself. Remove it" in line


@both_programs
def test_a_dialog_with_too_long_a_name_is_reported(program: str, tmp_path: Path) -> None:
    assert "too long" in failed_start(program, "--dialog", str(tmp_path / ("x" * 300)))


@both_programs
def test_a_path_that_the_output_cannot_show_is_escaped(program: str, tmp_path: Path) -> None:
    path = tmp_path / "\u00f6.jsonl"
    port = ("--port", "0") if program == "server.py" else ()
    command = (program, *port, "--dialog", str(path))
    with running(*command, PYTHONIOENCODING="ascii") as (_, line):
        assert "\\xf6.jsonl" in line
