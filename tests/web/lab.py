"""A session of the lab as a client of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.conftest import Server


@dataclass
class Viewer(Server):
    """A session, in place of a server: requests of delivery methods go through its network."""

    controls: httpx.Client  # past the viewer's network
    start: str  # the cursor before its first message

    def change(self, **fields: object) -> None:
        """Change the network or the source, or write a message."""
        assert self.controls.post(self.url, json=fields).status_code == 200

    def say_times(self, count: int) -> list[str]:
        """Write messages and return their texts."""
        for _ in range(count):
            self.change(say=True)
        return [f"Message {number} of this experiment." for number in range(1, count + 1)]


@contextmanager
def viewing(lab: Server) -> Iterator[Viewer]:
    """Begin a session without a source of messages, and end it."""
    session = lab.client.post("/lab", json={"source": "quiet"}).json()
    url = f"{lab.url}/lab/{session['id']}"
    with httpx.Client(base_url=url, timeout=30) as client:
        yield Viewer(url, lab.address, client, lab.process, lab.client, session["next"])
        lab.client.post(f"{url}/end")
