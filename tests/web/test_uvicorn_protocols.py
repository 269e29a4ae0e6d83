"""What this server needs from uvicorn. A version without it fails here, and not in production."""

import inspect
import re

import pytest
import uvicorn

from server import uvicorn_warnings
from tests.conftest import HERE
from web import uvicorn_protocols
from web.uvicorn_protocols import RELIES_ON, TESTED_VERSION

MEMBERS = [(owner, name) for owner, names in RELIES_ON.items() for name in names.split()]


@pytest.mark.parametrize(
    ("owner", "name"), MEMBERS, ids=[f"{owner.__name__}.{name}" for owner, name in MEMBERS]
)
def test_uvicorn_has_each_member_that_this_server_relies_on(owner: type, name: str) -> None:
    sources = [inspect.getsource(parent) for parent in owner.__mro__[:-1]]
    assert hasattr(owner, name) or any(re.search(rf"\bself\.{name}\b", s) for s in sources)


def test_the_list_is_complete() -> None:
    source = inspect.getsource(uvicorn_protocols)
    inherited = set(re.findall(r"\b(?:super\(\)|cycle|self\.cycle|self\._served)\.(\w+)", source))
    assert inherited - {"__init__"} <= {name for _, name in MEMBERS} | {
        "connection_lost",
        "connection_made",
        "data_received",
        "pause_writing",
        "resume_writing",
    }  # those of asyncio.Protocol


def test_the_tested_version_is_the_pinned_one() -> None:
    assert f"uvicorn=={TESTED_VERSION} " in (HERE / "requirements.txt").read_text("utf-8")
    assert uvicorn_warnings() == []


def test_another_version_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn, "__version__", "9.9.9")
    (warning,) = uvicorn_warnings()
    assert "9.9.9" in warning
    assert "\n" not in warning
