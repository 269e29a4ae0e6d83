"""What a session of the lab leaves behind when it ends."""

import asyncio
import threading
from pathlib import Path

import pytest

from tests.loops import run
from web.access import AccessControl
from web.capacity import Capacity
from web.errors import ApiError
from web.forwarded import TrustedProxies
from web.lab.sessions import Lab, Session

PATIENCE = 30.0  # seconds


def new_lab() -> Lab:
    return Lab(AccessControl(), Capacity(100, lambda _: False), TrustedProxies())


def folder_of(session: Session) -> list[Path]:
    return list(Path(session.dialog.location).parent.iterdir())


async def append_while_it_ends(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """End a session while a thread appends a message. Return the files that are left."""
    started, may_append = threading.Event(), threading.Event()
    with new_lab() as lab:
        session = await lab.create()
        append = session.dialog.append

        def append_slowly(text: str, author: str) -> None:
            started.set()
            assert may_append.wait(PATIENCE)
            append(text, author=author)

        monkeypatch.setattr(session.dialog, "append", append_slowly)
        saying = asyncio.create_task(session.say())
        assert await asyncio.to_thread(started.wait, PATIENCE)
        ending = asyncio.create_task(lab.end(session.id))
        await asyncio.sleep(0)  # it begins, and waits for the append
        may_append.set()
        await asyncio.gather(saying, ending)
        with pytest.raises(ApiError):
            await session.say()
        return folder_of(session)


def test_a_session_that_ends_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(append_while_it_ends(monkeypatch)) == []
