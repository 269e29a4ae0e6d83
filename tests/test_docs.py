"""The documentation names what exists: the tests of the hard cases, and every setting."""

import re
from pathlib import Path

from settings import ROBOT, SERVER, Setting
from tests.conftest import HERE

HARD_CASES = HERE / "docs" / "hard_cases.md"
LINK = re.compile(r"\[`(?P<name>test_\w+)`\]\(\.\./(?P<path>tests/[\w/]+\.py)\)")


def names_of_tests(path: Path) -> set[str]:
    """Return the names of the test functions in a file. A missing file has none."""
    return (
        set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))
        if path.exists()
        else set()
    )


def links_of_each_case() -> dict[int, list[tuple[str, str]]]:
    """Return the tests that each case links to, as names and paths."""
    _, *parts = re.split(r"^(\d+)\. ", HARD_CASES.read_text(), flags=re.MULTILINE)
    numbers, texts = map(int, parts[::2]), parts[1::2]
    return {number: LINK.findall(text) for number, text in zip(numbers, texts, strict=True)}


def test_each_hard_case_links_to_existing_tests() -> None:
    cases = links_of_each_case()
    assert list(cases) == list(range(1, 36))
    assert [number for number, links in cases.items() if not links] == []
    links = [link for links in cases.values() for link in links]
    missing = [(name, path) for name, path in links if name not in names_of_tests(HERE / path)]
    assert missing == []


def test_each_numbered_test_is_linked_from_its_hard_case() -> None:
    cases = links_of_each_case()
    numbered = re.compile(r"test_(\d\d)_")
    for path in (HERE / "tests").rglob("test_*.py"):
        for name in names_of_tests(path):
            if number := numbered.match(name):
                link = (name, path.relative_to(HERE).as_posix())
                assert link in cases[int(number[1])]


def readme_settings() -> set[tuple[str, str]]:
    """Return the names and the default in each row of the README's tables of settings."""
    section = (HERE / "README.md").read_text().partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {(row[0].strip(), row[1].strip().strip("`")) for row in rows}


def row_of(setting: Setting) -> tuple[str, str]:
    """Return what the README's row of a setting has to contain."""
    names = [name for name in (setting.flag, *setting.variables) if name]
    default = setting.default.removeprefix(f"{HERE}/")
    return ", ".join(f"`{name}`" for name in names), default


def test_the_readme_lists_every_setting() -> None:
    assert readme_settings() == {row_of(setting) for setting in SERVER + ROBOT}
