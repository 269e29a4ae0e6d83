"""Redis is killed, hangs, is full or read-only: posts are refused, subscribers keep waiting."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from dialog import open_dialog
from dialog.redis.connection import TIMEOUT
from dialog.redis.lease import LEASE
from tests.conftest import Server, running, serving
from tests.delivery_methods import long_polling, polling, read, waiting, waiting_methods
from tests.messages import answered, asked, fill, follow, many, replies
from tests.redis_server import RedisServer
from tests.waiting import until


def expect_refusal(server: Server, reason: str) -> None:
    """Return when the server refuses posts for this reason, in the API and in the form."""
    post = httpx.Response(200)

    def is_refused() -> bool:
        nonlocal post
        post = server.client.post("/messages", json={"text": "lost?"})
        return reason in post.text

    until(is_refused)
    assert (post.status_code, post.headers["Retry-After"]) == (503, "1")
    assert post.json()["error"]["code"] == "unavailable"
    form = server.client.post("/", data={"new_message": "keep me"})
    assert form.status_code == 503
    assert "keep me" in form.text
    health = server.client.get("/healthz")
    assert (health.status_code, health.json()["ok"]) == (503, False)


def test_subscribers_wait_on_while_redis_is_down_and_no_acknowledged_message_is_lost(
    own_redis_server: RedisServer,
) -> None:
    address = own_redis_server.address()
    with serving(address) as server, ThreadPoolExecutor() as pool:
        old, *_ = many(server.dialog, *map(str, range(1500)))  # more than are kept in memory
        cursor = server.cursor()
        posted = [server.say(str(number)) for number in range(20)]
        received = [pool.submit(read, method(server, cursor), 21) for method in waiting_methods]
        until(lambda: waiting(server) == 3)
        own_redis_server.kill()
        expect_refusal(server, "cannot be reached")
        assert waiting(server) == 3
        started_meanwhile = pool.submit(read, long_polling(server, old.id), 1)
        until(lambda: waiting(server) == 4)
        own_redis_server.start()
        assert started_meanwhile.result(timeout=15)[0]["text"] == "1"
        posted.append(server.say("back"))
        assert [r.result(timeout=20) for r in received] == [posted] * 3
        assert read(polling(server, cursor), 21) == posted


def test_a_hanging_redis_delays_only_requests_that_need_it(own_redis_server: RedisServer) -> None:
    with serving(own_redis_server.address()) as server, ThreadPoolExecutor() as pool:
        old, *_ = many(server.dialog, *map(str, range(1500)))  # more than are kept in memory
        cursor = server.say("a")["id"]
        wait = {"after": cursor, "timeout": "0.05"}
        until(lambda: server.client.get("/messages/wait", params=wait).elapsed.total_seconds() < 1)
        own_redis_server.signal(signal.SIGSTOP)
        from_redis = pool.submit(read, long_polling(server, old.id), 1)
        started = time.monotonic()
        for _ in range(10):
            assert server.client.get("/messages/wait", params=wait).json()["messages"] == []
        assert time.monotonic() - started < TIMEOUT
        expect_refusal(server, "does not answer")
        started = time.monotonic()
        expect_refusal(server, "does not answer")  # at once, because the hang is known
        assert server.client.get("/static/icon.svg").status_code == 200
        assert time.monotonic() - started < TIMEOUT
        own_redis_server.signal(signal.SIGCONT)
        until(lambda: server.client.get("/healthz").status_code == 200)
        assert from_redis.result(timeout=15)[0]["text"] == "1"


def test_a_full_redis_refuses_posts_and_can_be_read(own_redis_server: RedisServer) -> None:
    with serving(own_redis_server.address()) as server:
        posted = server.say("a")
        own_redis_server.client().config_set("maxmemory", "1mb")
        expect_refusal(server, "Redis is full")
        assert server.client.get("/messages").json()["messages"] == [posted]
        assert "<form" in server.client.get("/").text
        own_redis_server.client().config_set("maxmemory", "0")
        server.say("b")


def test_a_read_only_replica_refuses_every_post(own_redis_server: RedisServer) -> None:
    with serving(own_redis_server.address()) as server:
        for _ in range(5):  # with no other error in between or afterwards
            own_redis_server.client().replicaof("127.0.0.1", "1")
            for _ in range(5):
                post = server.client.post("/messages", json={"text": "lost?"})
                assert post.status_code == 503
                assert "read-only" in post.text
            own_redis_server.client().replicaof("NO", "ONE")
            server.say("b")


def test_a_lost_connection_is_replaced(own_redis_server: RedisServer) -> None:
    with serving(own_redis_server.address()) as server, ThreadPoolExecutor() as pool:
        cursor = server.cursor()
        received = [pool.submit(read, method(server, cursor), 1) for method in waiting_methods]
        until(lambda: waiting(server) == 3)
        own_redis_server.client().client_kill_filter(_type="normal", skipme=True)
        until(lambda: server.client.get("/healthz").status_code == 200)
        posted = server.say("a")
        assert [r.result(timeout=10) for r in received] == [[posted]] * 3


def test_subscribers_learn_that_redis_lost_what_they_have_read(
    own_redis_server: RedisServer,
) -> None:
    with serving(own_redis_server.address()) as server, ThreadPoolExecutor() as pool:
        cursor = server.say("a")["id"]
        wait = pool.submit(server.client.get, "/messages/wait", params={"after": cursor})
        until(lambda: waiting(server) == 1)
        own_redis_server.client().flushall()
        assert wait.result(timeout=10).status_code == 410


def test_the_robot_waits_for_redis_and_logs_it(
    own_redis_server: RedisServer, tmp_path: Path
) -> None:
    address, errors = own_redis_server.address(), tmp_path / "errors"
    dialog = open_dialog(address)
    with running("robot.py", "--dialog", address, "--every", "0.1", log=errors) as (robot, _):
        fill(dialog, "hello")
        replies(dialog, 1)
        own_redis_server.kill()
        until(lambda: "Waiting for it" in errors.read_text())
        own_redis_server.start()
        fill(dialog, "hello again")
        replies(dialog, 2)
        last = dialog.newest(1).next
        assert next(m for m in follow(dialog, last) if not m.reply_to).role == "robot"
        assert robot.poll() is None
    assert answered(dialog) == asked(dialog)


def test_the_robot_keeps_its_role_while_redis_hangs(own_redis_server: RedisServer) -> None:
    address = own_redis_server.address()
    dialog = open_dialog(address)
    with running("robot.py", "--dialog", address, "--every", "0.1") as (robot, _):
        for number in range(3):
            own_redis_server.signal(signal.SIGSTOP)
            time.sleep(LEASE / 2)
            own_redis_server.signal(signal.SIGCONT)
            fill(dialog, f"hello {number}")
            replies(dialog, number + 1)
        assert robot.poll() is None
    assert answered(dialog) == asked(dialog)


def test_health_warns_while_a_replica_could_take_over(
    own_redis_server: RedisServer, tmp_path: Path
) -> None:
    dialog = open_dialog(own_redis_server.address())
    assert dialog.health().warnings == []
    (tmp_path / "replica").mkdir()
    primary = f"{own_redis_server.host} {own_redis_server.port}"
    replica = RedisServer(tmp_path / "replica", "--replicaof", primary)
    try:
        until(lambda: dialog.health().warnings != [])
        (warning,) = dialog.health().warnings
        assert "Redis does not wait for its replicas (1)" in warning
        assert dialog.health().trouble is None
    finally:
        replica.kill()
    until(lambda: dialog.health().warnings == [])
