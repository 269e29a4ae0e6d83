"""Several hosts, Redis on another: each serves any client, and one may be cut off."""

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
def on(host: Host, context: Any) -> Iterator[Any]:  # noqa: ANN401  # any context's
    """A context that begins on a host."""
    with ExitStack() as stack:
        yield host.do(stack.enter_context, context)


def healthy(server: Server) -> bool:
    return server.client.get("/healthz").status_code == 200


def test_a_client_is_moved_between_three_hosts_and_one_is_cut_off(tmp_path: Path) -> None:
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
        assert "speaks every" in robots[0][1]
        dialog = home.do(open_dialog, address)

        # From host to host, from method to method: each message once, in order, with one reply.
        cursor = home.do(servers[0].cursor)
        heard: list[dict[str, str]] = []

        def catch_up(method: DeliveryMethod, server: Server, said: dict[str, str]) -> None:
            nonlocal cursor
            while said not in heard:
                page = next(method(server, cursor))
                heard.extend(page["messages"])
                cursor = page["next"]

        for number in range(24):
            said = home.do(servers[number % 3].say, str(number))
            method = list(DELIVERY_METHODS.values())[number % 4]
            home.do(catch_up, method, servers[(number + 1) % 3], said)
        assert [m["text"] for m in heard if m["role"] == "user"] == [str(n) for n in range(24)]
        home.do(replies, dialog, 24)

        # The first host, whose robot speaks, is cut off: who waits there waits; others go on.
        cut, left = servers[:2]
        end = home.do(left.cursor)
        waits = three[0].start(lambda: next(long_polling(cut, end)))
        until(lambda: three[0].do(waiting, cut) == 1)
        three[0].cut_off()
        until(lambda: not three[0].do(healthy, cut))
        refused = three[0].do(lambda: cut.client.post("/messages", json={"text": "lost?"}))
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
        said = home.do(left.say, "who is left?")
        home.do(catch_up, long_polling, left, said)
        home.do(replies, dialog, 25)
        assert not waits.done()

        # It comes back by itself, and whoever waited there goes on.
        three[0].connect()
        until(lambda: three[0].do(healthy, cut))
        assert waits.result()["messages"][0] == said
        home.do(catch_up, long_polling, left, home.do(cut.say, "back"))
        home.do(replies, dialog, 26)
        assert home.do(answered, dialog) == home.do(asked, dialog)
        home.do(catch_up, long_polling, cut, home.do(left.say, "goodbye"))
        assert len({m["id"] for m in heard}) == len(heard)
