"""A conversation in the terminal: robot.py --talk --why."""

import subprocess
import sys
from pathlib import Path

from bot.recognition.validation import weak_examples
from dialog import Dialog
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


def test_unanswered_messages_are_printed_ready_to_paste(dialog: Dialog) -> None:
    for text in ("hello", 'my "zorb" is broken', "what is a zorb", "what is a zorb"):
        dialog.append(text)
    dialog.append("Hm zorb.", role="robot")
    command = [sys.executable, "robot.py", "--unanswered", "--dialog", str(dialog.location)]
    ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines() == [
        '    "my \\"zorb\\" is broken",',
        '    "what is a zorb",',
    ]


def test_weak_examples_are_those_that_nothing_else_teaches(tmp_path: Path) -> None:
    (tmp_path / "zorbing.toml").write_text(
        'examples = ["do you like zorbing", "you like zorbing", "we like zorbing", "zorbing"]\n'
        'reply = ["Hm."]\n'
    )
    (tmp_path / "odd.toml").write_text('examples = ["quixotic jumbles"]\nreply = ["Hm."]\n')
    weak = [(line.text, found) for line, found in weak_examples(tmp_path)]
    assert ("quixotic jumbles", "nothing") in weak
    assert not any("like zorbing" in text for text, _ in weak)
