"""The files for deployments name the programs, settings, files and version that exist."""

import json
import re
import tomllib
from typing import Any

from settings import ROBOT, SERVER
from tests.conftest import HERE

VARIABLES = {variable for setting in SERVER + ROBOT for variable in setting.variables}


def app_json() -> dict[str, Any]:
    return dict(json.loads((HERE / "app.json").read_text()))


def test_a_one_click_deploy_starts_every_process_of_the_procfile() -> None:
    processes = [line.split(":")[0] for line in (HERE / "Procfile").read_text().splitlines()]
    assert list(app_json()["formation"]) == processes


def test_deployments_set_only_variables_that_the_programs_read() -> None:
    compose, dockerfile = (HERE / "compose.yaml").read_text(), (HERE / "Dockerfile").read_text()
    names = set(app_json()["env"])
    names |= set(re.findall(r"^      ([A-Z_]+):", compose, re.MULTILINE))
    names |= set(re.findall(r"([A-Z]+)=", dockerfile)) - {"PYTHONUNBUFFERED"}
    assert names <= VARIABLES
    assert {"KEEP", "DIALOG", "HOST"} <= names


def test_the_image_contains_every_module_that_the_programs_import() -> None:
    kept = re.findall(r"^!(.+)", (HERE / ".dockerignore").read_text(), re.MULTILINE)
    assert [name for name in kept if not (HERE / name).exists()] == []
    folders = {path.parent.name for path in HERE.glob("*/__init__.py")}
    modules = {path.name for path in HERE.glob("*.py")}
    assert folders | modules <= {*kept, "tests", "bench", "dev.py"}


def test_the_changelog_and_the_contract_name_the_version() -> None:
    version = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## \[(\d.*?)\]", (HERE / "CHANGELOG.md").read_text(), re.MULTILINE)
    contract = (HERE / "docs" / "openapi.yaml").read_text()
    assert newest
    assert newest[1] == version
    assert f"\n  version: {version}\n" in contract
