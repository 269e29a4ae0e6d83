"""Guards that no other test holds."""

import os
import time
from pathlib import Path

import pytest

from dialog import FileStore, Message, Page, open_dialog
from dialog.redis.keys import once_key
from dialog.redis.recent import MOST_KEPT, RecentMessages
from tests.conftest import Server
from tests.delivery_methods import connection, long_polling, waiting, waiting_requests
from tests.messages import redis_of
from tests.redis_server import RedisServer
from tests.waiting import until
from web.access import COOKIE, COOKIE_AGE, AccessControl, RequestHead
from web.errors import ApiError
from web.parameters import LONGEST_WAIT

HOUR = 3600  # seconds
PATIENCE = 3.0  # seconds; an idle connection is kept for longer


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


def test_redis_remembers_a_nonce_for_hours(redis_server: RedisServer) -> None:
    dialog = open_dialog(redis_server.address())
    dialog.append("a", nonce="n")
    assert redis_of(dialog).ttl(once_key("nonce:n")) > HOUR


def test_a_poll_that_asks_to_close_the_connection_ends_it(shared: Server) -> None:
    head = f"GET /messages?after={shared.cursor()} HTTP/1.1\r\nHost: localhost\r\n"
    with connection(shared, f"{head}Connection: close\r\n\r\n".encode()) as client:
        client.settimeout(PATIENCE)
        response = b"".join(iter(lambda: client.recv(65536), b""))  # up to the end
    assert response.startswith(b"HTTP/1.1 200")


def test_a_long_poll_whose_client_leaves_is_not_counted_until_its_timeout(server: Server) -> None:
    request = waiting_requests(server.cursor())[long_polling]
    with connection(server, request):
        until(lambda: waiting(server) == 1)
    left = time.monotonic()
    until(lambda: waiting(server) == 0)
    assert time.monotonic() - left < LONGEST_WAIT / 2


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
