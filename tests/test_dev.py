"""`python dev.py run` and the Procfile, as users run them."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import httpx
import pytest

from tests.checkouts import Checkout, press_ctrl_c
from tests.conftest import HERE, Server, running
from tests.ports import free_port


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout(tmp_path / "один чат")
    checkout.create_venv()
    return checkout


def lines_until_both_programs_run(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout
    lines: list[str] = []
    while not {"  web | Chat", "robot | Robo"} <= {line[:12] for line in lines}:
        lines.append(next(process.stdout))
    return lines


def test_run_starts_and_ends_both_programs_and_prints_the_address(checkout: Checkout) -> None:
    # The encoding stands for a code page of Windows, which cannot print the path of the dialog.
    code_page = {"PYTHONIOENCODING": "ascii", "PORT": "0"}
    dialog = str(checkout.folder / "dialog.jsonl")
    with checkout.start("run", DIALOG=dialog, **code_page) as process:
        lines = lines_until_both_programs_run(process)
        address = next(line.split()[4] for line in lines if "Chat at http://127.0.0.1:" in line)
        assert httpx.get(address).status_code == 200
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert process.stdout
        assert "Traceback" not in "".join([*lines, process.stdout.read()])
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_ten_ctrl_c_in_a_row_end_both_programs_without_a_traceback(checkout: Checkout) -> None:
    dialog = str(checkout.folder / "dialog.jsonl")
    with checkout.start("run", DIALOG=dialog, PORT="0") as process:
        lines = lines_until_both_programs_run(process)
        for _ in range(10):
            press_ctrl_c(process)
        assert process.stdout
        printed = process.stdout.read()
    assert process.returncode == 0
    assert "Traceback" not in "".join([*lines, printed])
    assert "server: Ended." in printed


def test_windows_ends_the_programs_with_ctrl_break(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("subprocess.CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
    monkeypatch.setattr("signal.CTRL_BREAK_EVENT", 1, raising=False)
    windows = runpy.run_path(str(HERE / "dev.py"))
    assert windows["NEW_GROUP"] == 0x200
    process = Mock(**{"poll.return_value": None})
    windows["stop"]([process])
    process.send_signal.assert_called_once_with(1)
    process.terminate.assert_not_called()


@pytest.mark.both
def test_the_procfile_runs_with_honcho(address: str) -> None:
    port = str(free_port())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    honcho = running("-m", "honcho", "start", PORT=port, REDIS_URL=address, PATH=path)
    with honcho as (process, first):
        assert process.stdout
        lines = [first]
        while not all(any(words in line for line in lines) for words in ("Chat at", "Robot")):
            lines.append(next(process.stdout))
        assert httpx.get(f"http://127.0.0.1:{port}").status_code == 200


def test_run_ends_both_programs_if_one_cannot_start(server: Server, checkout: Checkout) -> None:
    dialog = str(checkout.folder / "dialog.jsonl")
    status, printed = checkout.run("run", PORT=server.port, DIALOG=dialog)
    assert status == 1
    assert "in use" in printed


@pytest.mark.parametrize("program", [("server.py", "--port", "0"), ("robot.py",)])
def test_on_heroku_both_programs_warn_that_their_disks_differ(
    path: Path, program: tuple[str, ...]
) -> None:
    with running(*program, "--dialog", str(path), DYNO="web.1") as (process, _):
        assert process.stdout
        assert "its own disk" in process.stdout.readline()
