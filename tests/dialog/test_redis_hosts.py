"""Several servers and robots on one dialog in Redis."""

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from redis import Redis

from dialog import Dialog, Unavailable, open_dialog
from tests.conftest import running, serving
from tests.delivery_methods import DELIVERY_METHODS, read, waiting, waiting_methods
from tests.messages import answered, asked, fill, replies, texts
from tests.redis_server import RedisServer
from tests.waiting import until


@pytest.fixture
def address(redis_server: RedisServer) -> str:
    return redis_server.address()


def test_a_client_moved_between_servers_misses_nothing(address: str) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(address)) for _ in range(3)]
        methods = list(DELIVERY_METHODS.values())
        cursor = servers[0].cursor()
        for number in range(12):
            posted = servers[number % 3].say(str(number))
            page = next(methods[number % 4](servers[(number + 1) % 3], cursor))
            assert page["messages"] == [posted]
            cursor = page["next"]


def test_a_message_reaches_the_subscribers_of_another_server(address: str) -> None:
    with serving(address) as one, serving(address) as other, ThreadPoolExecutor() as pool:
        cursor = one.cursor()
        received = [pool.submit(read, method(other, cursor), 1) for method in waiting_methods]
        until(lambda: waiting(other) == 3)
        posted = one.say("wake up")
        assert [r.result(timeout=10) for r in received] == [[posted]] * 3


def forget_replies(redis: Redis) -> None:
    """Delete the keys that prevent second replies, as Redis itself does after six hours."""
    if keys := list(redis.scan_iter("{dialog}:once:*")):
        redis.delete(*keys)


def test_a_robot_that_lost_its_role_says_nothing_more(
    dialog: Dialog, address: str, redis: Redis
) -> None:
    """A robot stopped for longer than its lease continues while another one has the role."""
    command = ("robot.py", "--dialog", address, "--every", "0.1")
    with running(*command) as (first, _), running(*command) as (second, _):
        fill(dialog, "who is there?")
        replies(dialog, 1)
        first.send_signal(signal.SIGSTOP)
        fill(dialog, "and now?")
        replies(dialog, 2)
        forget_replies(redis)
        first.send_signal(signal.SIGCONT)
        for number in range(20):
            fill(dialog, str(number))
        replies(dialog, 22)
        forget_replies(redis)
        second.kill()
        second.wait()
        fill(dialog, "and then?")
        replies(dialog, 23)
    assert answered(dialog) == asked(dialog)


def test_a_process_that_lost_its_role_cannot_write_in_it(dialog: Dialog, redis: Redis) -> None:
    assert dialog.claim("robot", 0)
    dialog.append("a", role="robot")
    redis.set("{dialog}:role:robot", "another")
    with pytest.raises(Unavailable):
        dialog.append("b", role="robot")
    dialog.append("c")
    redis.delete("{dialog}:role:robot")  # the other process has ended
    until(lambda: redis.exists("{dialog}:role:robot") == 1)
    dialog.append("d", role="robot")
    assert texts(dialog.newest(9).messages) == ["a", "c", "d"]


def test_a_message_gets_one_reply_if_the_robot_tries_again(dialog: Dialog, address: str) -> None:
    """If the answer to the first try is lost, that reply may be stored already, or soon."""
    (message,) = fill(dialog, "hello")
    reply = dialog.append("Hi!", role="robot", reply_to=message.id)
    again = open_dialog(address).append("Hello!", role="robot", reply_to=message.id)
    assert again == reply
    assert texts(dialog.newest(9).messages) == ["hello", "Hi!"]
