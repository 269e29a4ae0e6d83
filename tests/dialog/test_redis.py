"""What only a dialog on Redis has: its addresses, its keys, several hosts, and what can fail."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from redis import Redis

from dialog import BadCursor, CursorGone, Dialog, Unavailable, dialog_address, open_dialog
from dialog.redis.connection import TIMEOUT
from dialog.redis.keys import MESSAGES
from dialog.redis.lease import LEASE
from tests.conftest import HERE, Server, running, serving
from tests.delivery_methods import (
    DELIVERY_METHODS,
    long_polling,
    polling,
    read,
    waiting,
    waiting_methods,
)
from tests.messages import answered, asked, by_hand, fill, follow, many, replies, texts
from tests.redis_server import RedisServer
from tests.waiting import until


@pytest.fixture
def address(redis_server: RedisServer) -> str:
    return redis_server.address()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisServer]:
    """A server that may be killed."""
    server = RedisServer(tmp_path)
    yield server
    server.kill()


# What is in the stream.


def test_what_is_added_by_hand_needs_a_text_only(dialog: Dialog) -> None:
    by_hand(dialog, {"text": "hi"}, {"text": "yo", "role": "king", "author": ""})
    for message in dialog.newest(10).messages:
        assert (message.role, message.author) == ("user", "Guest")
        assert message.time.endswith("Z")


def test_what_is_no_message_is_skipped_and_logged_once(
    dialog: Dialog, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    (first,) = fill(dialog, "a")
    redis.xadd(MESSAGES, {"role": "user"})
    redis.xadd(MESSAGES, {b"text": b"\xff"})
    redis.xadd(MESSAGES, {"text": "x" * 40_000})
    fill(dialog, "b")
    assert texts(dialog.after(first.id, 10).messages) == ["b"]
    assert texts(dialog.newest(2).messages) == ["a", "b"]
    assert texts(dialog.before(dialog.newest(1).next, 1).messages) == ["a"]
    assert len(caplog.records) == 3


@pytest.fixture
def redis(address: str) -> Redis:
    return Redis.from_url(address, decode_responses=True)


@pytest.mark.parametrize(
    "cursor",
    ["48-0123456789abcdef", "48-0123456789012345", "0-" + "0" * 16, "48-1", "9" * 17 + "-0"],
)
def test_a_cursor_of_another_dialog_is_gone(dialog: Dialog, cursor: str) -> None:
    fill(dialog, "a")
    for question in dialog.after, dialog.before:
        with pytest.raises(CursorGone):
            question(cursor, 10)
    with pytest.raises(BadCursor):
        dialog.after(f"{cursor}x", 10)


def test_messages_that_are_too_old_go(dialog: Dialog, redis: Redis) -> None:
    now = int(time.time() * 1000)
    for number in range(101):  # ten a day, the last now
        redis.xadd(MESSAGES, {"text": str(number)}, id=f"{now - (100 - number) * 8_640_000}-0")
    assert dialog.trim(age=11 * 86_400) == 0
    dialog.trim(age=8 * 86_400)
    page = dialog.after(dialog.start(), 1000)
    assert texts(page.messages)[0] in {"40", "41"}  # three quarters of eight days
    assert dialog.trim(age=8 * 86_400) == 0


def test_the_newest_are_told_from_memory(dialog: Dialog) -> None:
    said = many(dialog, *map(str, range(1500)))
    with dialog.watch(lambda: None):
        until(lambda: dialog.after_nowait(said[-1].id, 1) is not None)
        assert dialog.after_nowait(said[0].id, 1) is None
        for place in 600, 1497, 1498, 1499:
            for limit in 1, 2, 1000:
                cursor = said[place].id
                assert dialog.after_nowait(cursor, limit) == dialog.after(cursor, limit)
        said += fill(dialog, "news")
        until(lambda: dialog.after_nowait(said[-1].id, 1) is not None)
        assert dialog.after_nowait(said[-2].id, 9) == dialog.after(said[-2].id, 9)
        assert dialog.after_nowait(said[-2].id, 9) is dialog.after_nowait(
            said[-2].id, 9
        )  # encoded once
    assert dialog.after_nowait(said[-1].id, 1) is None


# Addresses, and what is said at the start.


def test_the_environment_names_the_dialog() -> None:
    heroku = {"REDIS_URL": "redis://h"}
    assert dialog_address({}) == "dialog.jsonl"
    assert dialog_address(heroku) == "redis://h"
    assert dialog_address(heroku | {"DIALOG": "here.jsonl"}) == "here.jsonl"


NO_CLIENT = "import sys; sys.modules['redis'] = None"


@pytest.mark.parametrize("program", ["server", "robot"])
@pytest.mark.parametrize(
    ("before", "address", "reason"),
    [
        (NO_CLIENT, "redis://x", "pip install -r requirements-redis.txt"),
        ("", "redis://user:secret@127.0.0.1:1/0", "cannot be reached: Connection refused"),
        ("", "redis://127.0.0.1:no", "not the address of a Redis server"),
    ],
)
def test_a_dialog_that_cannot_be_is_told_in_one_line(
    program: str, before: str, address: str, reason: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", f"{before}\nimport {program}; {program}.main()"],
        cwd=HERE,
        env=os.environ | {"REDIS_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert reason in ended.stderr
    assert "secret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_file_needs_no_client(path: Path) -> None:
    code = f"{NO_CLIENT}; import robot, server; from dialog import open_dialog"
    command = [sys.executable, "-c", f"{code}; open_dialog({str(path)!r}).append('hi')"]
    assert subprocess.run(command, cwd=HERE, check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("appendonly", "no", "appendonly no"),
        ("appendfsync", "everysec", "appendfsync everysec"),
        ("maxmemory-policy", "allkeys-lru", "maxmemory-policy allkeys-lru"),
    ],
)
def test_settings_that_lose_messages_are_told(
    own: RedisServer, name: str, value: str, said: str
) -> None:
    own.client().config_set("maxmemory", "1gb")
    address = own.address()
    assert open_dialog(address).health().warnings == []
    own.client().config_set(name, value)
    with serving(address) as server:
        assert server.process.stdout
        assert said in server.process.stdout.readline()
        warnings = server.client.get("/healthz").json()["warnings"]
        assert any(said in warning and "appendfsync always" in warning for warning in warnings)


def test_a_server_that_does_not_tell_its_settings_is_told(own: RedisServer) -> None:
    own.client().acl_setuser(
        "us", enabled=True, passwords=["+p"], keys=["{dialog}:*"], commands=["+@all", "-config"]
    )
    dialog = open_dialog(own.address().replace("//", "//us:p@"))
    assert dialog.health().trouble is None
    assert "CONFIG is forbidden" in dialog.health().warnings[0]
    assert fill(dialog, "hi")


# Several hosts.


def test_a_client_that_is_moved_around_misses_nothing(address: str) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(address)) for _ in range(3)]
        cursor = servers[0].cursor()
        for number in range(12):
            said = servers[number % 3].say(str(number))
            page = next(
                list(DELIVERY_METHODS.values())[number % 4](servers[(number + 1) % 3], cursor)
            )
            assert page["messages"] == [said]
            cursor = page["next"]


def test_all_that_wait_anywhere_are_woken(address: str) -> None:
    with serving(address) as one, serving(address) as other, ThreadPoolExecutor() as pool:
        cursor = one.cursor()
        heard = [pool.submit(read, way(other, cursor), 1) for way in waiting_methods]
        until(lambda: waiting(other) == 3)
        said = one.say("wake up")
        assert [h.result(timeout=10) for h in heard] == [[said]] * 3


def forget(redis: Redis) -> None:
    """As after six hours."""
    if keys := list(redis.scan_iter("{dialog}:once:*")):
        redis.delete(*keys)


def test_a_robot_that_lost_its_role_says_nothing_more(
    dialog: Dialog, address: str, redis: Redis
) -> None:
    """Cut off for longer than its lease, it comes back while another one speaks."""
    command = ("robot.py", "--dialog", address, "--every", "0.1")
    with running(*command) as (first, _), running(*command) as (second, _):
        fill(dialog, "who is there?")
        replies(dialog, 1)
        first.send_signal(signal.SIGSTOP)
        fill(dialog, "and now?")
        replies(dialog, 2)
        forget(redis)
        first.send_signal(signal.SIGCONT)
        for number in range(20):
            fill(dialog, str(number))
        replies(dialog, 22)
        forget(redis)
        second.kill()
        second.wait()
        fill(dialog, "and then?")
        replies(dialog, 23)
    assert answered(dialog) == asked(dialog)


def test_a_role_that_was_lost_is_not_spoken_in(dialog: Dialog, redis: Redis) -> None:
    assert dialog.claim("robot", 0)
    dialog.append("a", role="robot")
    redis.set("{dialog}:role:robot", "another")
    with pytest.raises(Unavailable):
        dialog.append("b", role="robot")
    dialog.append("c")
    redis.delete("{dialog}:role:robot")  # the other one has ended
    until(lambda: redis.exists("{dialog}:role:robot") == 1)
    dialog.append("d", role="robot")
    assert texts(dialog.newest(9).messages) == ["a", "c", "d"]


def test_a_message_gets_one_reply_whoever_tries_again(dialog: Dialog, address: str) -> None:
    """A try whose answer was lost may have been written, or be written later."""
    (said,) = fill(dialog, "hello")
    reply = dialog.append("Hi!", role="robot", reply_to=said.id)
    again = open_dialog(address).append("Hello!", role="robot", reply_to=said.id)
    assert again == reply
    assert texts(dialog.newest(9).messages) == ["hello", "Hi!"]


# What can fail. Whoever posts is told, and keeps what he wrote; whoever waits goes on.


def refused(server: Server, why: str) -> None:
    """Return when a post is refused, with this word."""
    post = httpx.Response(200)

    def post_refused() -> bool:
        nonlocal post
        post = server.client.post("/messages", json={"text": "lost?"})
        return why in post.text

    until(post_refused)
    assert (post.status_code, post.headers["Retry-After"]) == (503, "1")
    assert post.json()["error"]["code"] == "unavailable"
    form = server.client.post("/", data={"new_message": "keep me"})
    assert form.status_code == 503
    assert "keep me" in form.text
    health = server.client.get("/healthz")
    assert (health.status_code, health.json()["ok"]) == (503, False)


def test_waits_go_on_when_redis_was_killed_and_nothing_acknowledged_is_lost(
    own: RedisServer,
) -> None:
    address = own.address()
    with serving(address) as server, ThreadPoolExecutor() as pool:
        old, *_ = many(server.dialog, *map(str, range(1500)))  # more than are kept in memory
        cursor = server.cursor()
        said = [server.say(str(number)) for number in range(20)]
        heard = [pool.submit(read, way(server, cursor), 21) for way in waiting_methods]
        until(lambda: waiting(server) == 3)
        own.kill()
        refused(server, "cannot be reached")
        assert waiting(server) == 3
        begun_meanwhile = pool.submit(read, long_polling(server, old.id), 1)
        until(lambda: waiting(server) == 4)
        own.start()
        assert begun_meanwhile.result(timeout=15)[0]["text"] == "1"
        said.append(server.say("back"))
        assert [h.result(timeout=20) for h in heard] == [said] * 3
        assert read(polling(server, cursor), 21) == said


def test_a_redis_that_hangs_keeps_nobody_waiting_who_does_not_need_it(own: RedisServer) -> None:
    with serving(own.address()) as server, ThreadPoolExecutor() as pool:
        old, *_ = many(server.dialog, *map(str, range(1500)))  # more than are kept in memory
        cursor = server.say("a")["id"]
        wait = {"after": cursor, "timeout": "0.05"}
        until(lambda: server.client.get("/messages/wait", params=wait).elapsed.total_seconds() < 1)
        own.signal(signal.SIGSTOP)
        asks = pool.submit(read, long_polling(server, old.id), 1)
        started = time.monotonic()
        for _ in range(10):
            assert server.client.get("/messages/wait", params=wait).json()["messages"] == []
        assert time.monotonic() - started < TIMEOUT
        refused(server, "does not answer")
        started = time.monotonic()
        refused(server, "does not answer")  # at once, by now
        assert server.client.get("/static/icon.svg").status_code == 200
        assert time.monotonic() - started < TIMEOUT
        own.signal(signal.SIGCONT)
        until(lambda: server.client.get("/healthz").status_code == 200)
        assert asks.result(timeout=15)[0]["text"] == "1"


def test_a_full_redis_is_told_and_can_be_read(own: RedisServer) -> None:
    with serving(own.address()) as server:
        said = server.say("a")
        own.client().config_set("maxmemory", "1mb")
        refused(server, "Redis is full")
        assert server.client.get("/messages").json()["messages"] == [said]
        assert "<form" in server.client.get("/").text
        own.client().config_set("maxmemory", "0")
        server.say("b")


def test_a_replica_is_told(own: RedisServer) -> None:
    with serving(own.address()) as server:
        for _ in range(5):  # nothing else is told in between, and nothing afterwards
            own.client().replicaof("127.0.0.1", "1")
            for _ in range(5):
                post = server.client.post("/messages", json={"text": "lost?"})
                assert post.status_code == 503
                assert "read-only" in post.text
            own.client().replicaof("NO", "ONE")
            server.say("b")


def test_a_lost_connection_is_made_anew(own: RedisServer) -> None:
    with serving(own.address()) as server, ThreadPoolExecutor() as pool:
        cursor = server.cursor()
        heard = [pool.submit(read, way(server, cursor), 1) for way in waiting_methods]
        until(lambda: waiting(server) == 3)
        own.client().client_kill_filter(_type="normal", skipme=True)
        until(lambda: server.client.get("/healthz").status_code == 200)
        said = server.say("a")
        assert [h.result(timeout=10) for h in heard] == [[said]] * 3


def test_waiters_are_told_when_redis_comes_back_without_what_they_have_read(
    own: RedisServer,
) -> None:
    with serving(own.address()) as server, ThreadPoolExecutor() as pool:
        cursor = server.say("a")["id"]
        wait = pool.submit(server.client.get, "/messages/wait", params={"after": cursor})
        until(lambda: waiting(server) == 1)
        own.client().flushall()
        assert wait.result(timeout=10).status_code == 410


def test_the_robot_waits_for_redis_and_says_so(own: RedisServer, tmp_path: Path) -> None:
    address, errors = own.address(), tmp_path / "errors"
    dialog = open_dialog(address)
    with running("robot.py", "--dialog", address, "--every", "0.1", log=errors) as (robot, _):
        fill(dialog, "hello")
        replies(dialog, 1)
        own.kill()
        until(lambda: "Waiting for it" in errors.read_text())
        own.start()
        fill(dialog, "hello again")
        replies(dialog, 2)
        last = dialog.newest(1).next
        assert next(m for m in follow(dialog, last) if not m.reply_to).role == "robot"
        assert robot.poll() is None
    assert answered(dialog) == asked(dialog)


def test_the_robot_takes_up_its_role_where_redis_hung(own: RedisServer) -> None:
    address = own.address()
    dialog = open_dialog(address)
    with running("robot.py", "--dialog", address, "--every", "0.1") as (robot, _):
        for number in range(3):
            own.signal(signal.SIGSTOP)
            time.sleep(LEASE / 2)
            own.signal(signal.SIGCONT)
            fill(dialog, f"hello {number}")
            replies(dialog, number + 1)
        assert robot.poll() is None
    assert answered(dialog) == asked(dialog)
