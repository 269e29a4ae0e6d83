"""`python dev.py run` and the Procfile, as users run them."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import HERE, Server, running
from tests.ports import free_port


def test_run_starts_and_ends_both_programs_and_prints_the_address(path: Path) -> None:
    with running("dev.py", "run", PORT="0", DIALOG=str(path)) as (process, first):
        assert process.stdout
        lines = [first]
        while not {"  web | Chat", "robot | Robo"} <= {line[:12] for line in lines}:
            lines.append(next(process.stdout))
        address = next(line.split()[4] for line in lines if "Chat at http://127.0.0.1:" in line)
        assert httpx.get(address).status_code == 200
        process.terminate()
        assert process.wait(timeout=10) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


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


def test_run_ends_both_programs_if_one_cannot_start(server: Server, path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "dev.py", "run"],
        cwd=HERE,
        env=os.environ | {"PORT": server.port, "DIALOG": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "in use" in ended.stdout


@pytest.mark.parametrize("program", [("server.py", "--port", "0"), ("robot.py",)])
def test_on_heroku_both_programs_warn_that_their_disks_differ(
    path: Path, program: tuple[str, ...]
) -> None:
    with running(*program, "--dialog", str(path), DYNO="web.1") as (process, _):
        assert process.stdout
        assert "its own disk" in process.stdout.readline()
