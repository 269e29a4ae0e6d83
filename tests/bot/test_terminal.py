"""A conversation in the terminal: robot.py --talk --why."""

import subprocess
import sys

from tests.conftest import HERE


def test_each_line_of_the_input_gets_a_reply_with_what_matched() -> None:
    command = [sys.executable, "robot.py", "--talk", "--why"]
    ended = subprocess.run(
        command, cwd=HERE, input="hello\n7 * 6\n", capture_output=True, text=True, check=True
    )
    first, reason, second, *_ = ended.stdout.splitlines()
    assert first.startswith("you> robot> ")
    assert "greeting" in reason
    assert "hello" in reason
    assert "42" in second
