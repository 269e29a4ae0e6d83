"""A rolling restart: the new processes begin while the old ones still run, and nothing is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import count

import httpx
import pytest

from dialog import Dialog
from tests.conftest import Server, running, serving
from tests.messages import answered, asked, fill, replies
from tests.waiting import until

pytestmark = pytest.mark.both


def test_a_rolling_restart_loses_no_message(dialog: Dialog, address: str) -> None:
    cursor, done = dialog.start(), threading.Event()
    servers: list[Server] = []

    def say() -> list[str]:
        """Post until it is over, each until it is acknowledged, where there is a server."""
        said: list[str] = []
        for number in count():
            post = {"text": str(number), "nonce": f"nonce {number}"}
            while len(said) == number:
                with suppress(httpx.HTTPError):
                    answer = httpx.post(f"{servers[-1].url}/messages", json=post)
                    if answer.status_code == 201:
                        said.append(answer.json()["id"])
            if done.wait(0.02):  # a person or two, not a flood
                return said
        return said

    def hear(cursor: str) -> list[str]:
        """Listen in long polling until someone says that it is over."""
        heard: list[dict[str, str]] = []
        while "over" not in [message["text"] for message in heard[-50:]]:
            with suppress(httpx.HTTPError):
                answer = httpx.get(
                    f"{servers[-1].url}/messages/wait", params={"after": cursor}, timeout=30
                )
                heard += answer.json()["messages"]
                cursor = answer.json()["next"]
        return [message["id"] for message in heard if message["role"] == "user"]

    robot = ("robot.py", "--dialog", address, "--every", "0.2")
    with ThreadPoolExecutor() as pool, ExitStack() as last:
        for round_ in range(2):
            with ExitStack() as old:
                old.push(last.pop_all())
                servers.append(last.enter_context(serving(address)))
                last.enter_context(running(*robot))
                if round_ == 0:
                    said, heard = pool.submit(say), pool.submit(hear, cursor)
                before = len(asked(dialog))
                until(lambda: len(asked(dialog)) > before + 5)  # noqa: B023  # called here
            # The old ones have ended, on a signal.
        done.set()
        everything = said.result()
        everything += [message.id for message in fill(dialog, "over")]
        assert heard.result() == everything
        replies(dialog, len(everything))
    assert answered(dialog) == asked(dialog) == everything
