"""The code beside the lanes is that of the real files, and each lane can light a line of it."""

import pytest

from tests.conftest import HERE
from web.delivery import METHODS
from web.lab.excerpts import Excerpt, read_excerpts

names = [method.name for method in METHODS]


def excerpts_of(name: str) -> list[Excerpt]:
    return read_excerpts()[name]


@pytest.mark.parametrize("name", names)
def test_every_line_of_an_excerpt_is_in_its_file(name: str) -> None:
    for excerpt in excerpts_of(name):
        lines = [line.strip() for line in (HERE / excerpt.path).read_text("utf-8").splitlines()]
        assert len(excerpt.lines) >= 2
        assert [line for line, _ in excerpt.lines if line.strip() not in lines] == []


@pytest.mark.parametrize("name", names)
@pytest.mark.parametrize("suffix", [".py", ".js"])
def test_server_and_browser_have_a_line_for_each_step(name: str, suffix: str) -> None:
    steps = {
        step
        for excerpt in excerpts_of(name)
        if excerpt.path.endswith(suffix)
        for _, step in excerpt.lines
    }
    assert steps - {"sleep"} == {"", "wait", "deliver"}
    assert ("sleep" in steps) == ((name, suffix) == ("polling", ".js"))
