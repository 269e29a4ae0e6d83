"""Health, and what the programs print when they cannot start."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import HERE, Server

pytestmark = pytest.mark.both


def test_health_reports_the_dialog_the_robot_and_the_subscribers(either_server: Server) -> None:
    answer = either_server.client.get("/healthz")
    assert answer.status_code == 200
    health = answer.json()
    (warning,) = health.pop("warnings")
    assert "robot" in warning
    assert health == {
        "ok": True,
        "dialog": {"writable": True, "trouble": None},
        "robot": {"last_heard": None},
        "waiting": 0,
    }


def test_health_tells_when_the_robot_was_last_heard(either_server: Server) -> None:
    remark = either_server.dialog.append("Nice weather.", role="robot", author="Robot")
    health = either_server.client.get("/healthz").json()
    assert health["robot"] == {"last_heard": remark.time}
    assert health["warnings"] == []


def test_a_port_in_use_is_reported_in_one_line(server: Server) -> None:
    command = [sys.executable, "server.py", "--port", server.port, "--dialog", server.address]
    second = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "in use" in second.stderr
    assert len(second.stderr.splitlines()) == 1


@pytest.mark.parametrize("program", ["server.py", "robot.py"])
def test_a_dialog_that_cannot_be_written_is_reported_in_one_line(
    tmp_path: Path, program: str
) -> None:
    command = [sys.executable, program, "--dialog", str(tmp_path / "nowhere" / "dialog.jsonl")]
    ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "not there" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
