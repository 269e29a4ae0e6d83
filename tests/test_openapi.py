"""The running server answers as docs/openapi.yaml says."""

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import HERE, Server

CONTRACT = HERE / "docs" / "openapi.yaml"
CONFIG = HERE / "tests" / "schemathesis.toml"
COMMAND = Path(sys.executable).with_name("schemathesis")


def test_the_server_keeps_the_contract(server: Server, tmp_path: Path) -> None:
    run = subprocess.run(
        [COMMAND, "--config-file", CONFIG, "run", CONTRACT, "--url", server.url],
        cwd=tmp_path,  # schemathesis writes its reports into the current folder
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "12 selected / 14 total" in run.stdout


def test_the_contract_lists_every_request_of_the_readme() -> None:
    readme = (HERE / "README.md").read_text().partition("\n## The HTTP contract\n")[2]
    rows = re.findall(r"^\| `((?:GET|POST) .*?) \|", readme, re.MULTILINE)
    found = {request for row in rows for request in re.findall(r"(GET|POST) (/[a-z/]*)", row)}
    documented = set()
    for line in CONTRACT.read_text().splitlines():
        if match := re.fullmatch(r"  (/.*):", line):
            path = re.sub(r"{.*", "", match[1])
        elif match := re.fullmatch(r"    (get|post):", line):
            documented.add((match[1].upper(), path))
    for_browsers = {("GET", "/login"), ("POST", "/login"), ("GET", "/favicon.ico")}
    assert found == documented - for_browsers
