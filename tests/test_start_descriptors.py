"""The limit of open files and connections, on systems that refuse or cap it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from web import resources

INFINITY = 2**63 - 1  # RLIM_INFINITY on macOS


def refuse_more_than_macos_allows(limit: int) -> int:
    if limit > 10_240:
        raise ValueError("current limit exceeds maximum limit")
    return limit


def refuse_everything(limit: int) -> int:
    raise OSError(1, "Operation not permitted")


def cap(limit: int) -> int:
    return min(limit, 4096)


@pytest.mark.parametrize(
    ("accept", "in_force"),
    [(refuse_more_than_macos_allows, 10_240), (refuse_everything, 256), (cap, 4096)],
)
def test_the_limit_in_force_counts_where_the_system_refuses_or_caps_it(
    monkeypatch: pytest.MonkeyPatch, accept: Callable[[int], int], in_force: int
) -> None:
    limits = {7: (256, INFINITY)}

    def setrlimit(kind: int, limit: tuple[int, int]) -> None:
        limits[kind] = accept(limit[0]), limit[1]

    system = SimpleNamespace(
        RLIMIT_NOFILE=7, RLIM_INFINITY=INFINITY, getrlimit=limits.__getitem__, setrlimit=setrlimit
    )
    monkeypatch.setattr(resources, "resource", system)
    assert resources.raise_descriptor_limit() == in_force
