"""Guards that no other test holds."""

import os
import time
from pathlib import Path

import pytest

from dialog import FileStore, Message, Page
from dialog.redis.recent import MOST_KEPT, RecentMessages
from web.access import COOKIE, COOKIE_AGE, AccessControl, RequestHead
from web.errors import ApiError


def messages(first: int, last: int) -> tuple[Message, ...]:
    return tuple(Message(f"{n}-0", "", "user", "Ann", str(n)) for n in range(first, last + 1))


@pytest.mark.parametrize("added", [0, 1, 10, MOST_KEPT])
def test_the_recent_messages_of_a_stream_have_no_gap(added: int) -> None:
    recent = RecentMessages.of(Page(messages(1, 20), "20-0", more=False))
    last = 20
    while last < 20 + added:  # in pages, as a follower reads them
        new = messages(last + 1, min(last + 7, 20 + added))
        last += len(new)
        recent = recent.with_more(Page(new, new[-1].id, more=False))
    everything = messages(1, last)
    kept = [recent.after(message.id, MOST_KEPT) for message in everything]
    known = [number for number, page in enumerate(kept) if page]
    assert len(known) == min(MOST_KEPT, last - 1) + 1
    for number in known:
        page = kept[number]
        assert page
        assert page.messages == everything[number + 1 :]


@pytest.mark.parametrize("age", [COOKIE_AGE - 60, COOKIE_AGE + 60])
def test_a_cookie_is_valid_for_its_age_only(age: int, monkeypatch: pytest.MonkeyPatch) -> None:
    access = AccessControl("secret")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - age)
    headers = {"host": "chat", "cookie": f"{COOKIE}={access.log_in('secret', None)}"}
    monkeypatch.setattr(time, "time", lambda: now)
    request = RequestHead("GET", "http", "/", ("chat", 80), headers, None)
    if age < COOKIE_AGE:
        access.check(request)
    else:
        with pytest.raises(ApiError, match="password"):
            access.check(request)


@pytest.mark.parametrize("kept", [0, 400, 1100])
def test_a_message_after_a_cut_before_the_first_message_is_found(kept: int, path: Path) -> None:
    """The bytes behind the header of a trimmed file serve the first cursors only."""
    dialog = FileStore(path)
    for number in range(30):
        dialog.append(f"{number}".rjust(300))
    dialog.trim(size=5000)
    header = path.read_bytes().index(b"\n") + 1
    os.truncate(path, header + kept)
    message = dialog.append("new", nonce="n")
    dialog = FileStore(path)
    assert dialog.after(dialog.start(), 10).messages == (message,)
    assert dialog.append("new", nonce="n") == message
