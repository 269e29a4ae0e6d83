"""The requirements files have the versions of pyproject.toml, and a hash for each package."""

import re
import tomllib

import pytest

from tests.conftest import HERE

PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
GROUPS = PROJECT["dependency-groups"]
DEPENDENCIES = PROJECT["project"]["dependencies"]
DEV = DEPENDENCIES + GROUPS["dev"]
BENCH = DEV + [each for each in GROUPS["bench"] if isinstance(each, str)]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requirements.txt", DEPENDENCIES),
        ("requirements-dev.txt", DEV),
        ("requirements-bench.txt", BENCH),
    ],
)
def test_requirements_follow_from_the_project(name: str, wanted: list[str]) -> None:
    lines = (HERE / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    packages = [line for line in lines if not line.startswith("#")]
    assert all(" --hash=sha256:" in line for line in packages)
    assert {re.split("[ ;]", each)[0] for each in wanted} <= {line.split()[0] for line in packages}


def test_every_version_is_exact() -> None:
    assert all("==" in each for each in BENCH)


def test_requirements_of_the_chat_are_all_in_the_project() -> None:
    """So that `uv run` and `pip install .` get the same versions as the requirements file."""
    text = (HERE / "requirements.txt").read_text("utf-8")
    packages = re.findall(r"^(\S+==\S+)", text, re.MULTILINE)
    assert sorted(packages) == sorted(re.split("[ ;]", each)[0] for each in DEPENDENCIES)
