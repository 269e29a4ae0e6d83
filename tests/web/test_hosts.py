"""Three hosts with servers, and Redis on a fourth: clients move, and one host is cut off."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dialog import open_dialog
from tests.conftest import Server, running, serving
from tests.delivery_methods import DELIVERY_METHODS, DeliveryMethod, long_polling, waiting
from tests.messages import answered, asked, replies
from tests.network import Host, hosts
from tests.redis_server import RedisServer
from tests.waiting import until


@contextmanager
def on(host: Host, context: Any) -> Iterator[Any]:  # noqa: ANN401  # as its context manager yields
    """Enter a context manager on a host."""
    with ExitStack() as stack:
        yield host.do(stack.enter_context, context)


def healthy(server: Server) -> bool:
    return server.client.get("/healthz").status_code == 200


def test_clients_move_between_hosts_and_outlast_a_cut_connection(tmp_path: Path) -> None:
    with ExitStack() as stack:
        *three, far, home = stack.enter_context(hosts(5))
        redis = far.do(RedisServer, tmp_path, host=far.address)
        stack.callback(redis.kill)
        address = redis.address()
        servers: list[Server] = [
            stack.enter_context(on(host, serving(address, "--host", host.address)))
            for host in three
        ]
        robot = ("robot.py", "--dialog", address, "--every", "1000")
        robots: list[tuple[subprocess.Popen[str], str]] = [
            stack.enter_context(on(host, running(*robot))) for host in three[:2]
        ]
        assert "remark every" in robots[0][1]
        dialog = home.do(open_dialog, address)

        # The client changes host and method: each message arrives once, in order, with one reply.
        cursor = home.do(servers[0].cursor)
        received: list[dict[str, str]] = []

        def catch_up(method: DeliveryMethod, server: Server, posted: dict[str, str]) -> None:
            nonlocal cursor
            while posted not in received:
                page = next(method(server, cursor))
                received.extend(page["messages"])
                cursor = page["next"]

        for number in range(24):
            posted = home.do(servers[number % 3].say, str(number))
            method = list(DELIVERY_METHODS.values())[number % len(DELIVERY_METHODS)]
            home.do(catch_up, method, servers[(number + 1) % 3], posted)
        assert [m["text"] for m in received if m["role"] == "user"] == [str(n) for n in range(24)]
        home.do(replies, dialog, 24)

        # The first host is cut off, with the robot that speaks. Its subscribers wait.
        cut, left = servers[:2]
        end = home.do(left.cursor)
        waits = three[0].start(lambda: next(long_polling(cut, end)))
        until(lambda: three[0].do(waiting, cut) == 1)
        three[0].disconnect()
        until(lambda: not three[0].do(healthy, cut))
        answer = three[0].do(lambda: cut.client.post("/messages", json={"text": "lost?"}))
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        posted = home.do(left.say, "who is left?")
        home.do(catch_up, long_polling, left, posted)
        home.do(replies, dialog, 25)
        assert not waits.done()

        # The first host recovers by itself, and its subscriber continues.
        three[0].connect()
        until(lambda: three[0].do(healthy, cut))
        assert waits.result()["messages"][0] == posted
        home.do(catch_up, long_polling, left, home.do(cut.say, "back"))
        home.do(replies, dialog, 26)
        assert home.do(answered, dialog) == home.do(asked, dialog)
        home.do(catch_up, long_polling, cut, home.do(left.say, "goodbye"))
        assert len({m["id"] for m in received}) == len(received)
