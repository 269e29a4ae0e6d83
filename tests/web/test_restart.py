"""A rolling restart: new processes start before the old ones end, and no message is lost."""

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

    def post() -> list[str]:
        """Post to the newest server, each message until it is acknowledged."""
        posted: list[str] = []
        for number in count():
            message = {"text": str(number), "nonce": f"nonce {number}"}
            while len(posted) == number:
                with suppress(httpx.HTTPError):
                    answer = httpx.post(f"{servers[-1].url}/messages", json=message)
                    if answer.status_code == 201:
                        posted.append(answer.json()["id"])
            if done.wait(0.02):  # about as fast as people write
                return posted
        return posted

    def receive(cursor: str) -> list[str]:
        """Receive messages by long polling, up to the one that says "over"."""
        received: list[dict[str, str]] = []
        while "over" not in [message["text"] for message in received[-50:]]:
            with suppress(httpx.HTTPError):
                answer = httpx.get(
                    f"{servers[-1].url}/messages/wait", params={"after": cursor}, timeout=30
                )
                received += answer.json()["messages"]
                cursor = answer.json()["next"]
        return [message["id"] for message in received if message["role"] == "user"]

    robot = ("robot.py", "--dialog", address, "--every", "0.2")
    with ThreadPoolExecutor() as pool, ExitStack() as last:
        for round_ in range(2):
            with ExitStack() as old:
                old.push(last.pop_all())
                servers.append(last.enter_context(serving(address)))
                last.enter_context(running(*robot))
                if round_ == 0:
                    posting, receiving = pool.submit(post), pool.submit(receive, cursor)
                before = len(asked(dialog))
                until(lambda: len(asked(dialog)) > before + 5)  # noqa: B023  # called here
            # The old processes have ended on SIGTERM.
        done.set()
        everything = posting.result()
        everything += [message.id for message in fill(dialog, "over")]
        assert receiving.result() == everything
        replies(dialog, len(everything))
    assert answered(dialog) == asked(dialog) == everything
