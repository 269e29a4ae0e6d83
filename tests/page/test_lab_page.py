"""What the page that compares the delivery methods shows: figures, marks, settings, the network."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.conftest import Server, serving
from tests.page.test_lab import expect_messages, lane
from tests.recorder import Recorder

ROUTES = {"polling": "", "long-polling": "/wait", "events": "/events", "websocket": "/socket"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a lab."""
    with serving(tmp_path_factory.mktemp("lab") / "dialog.jsonl", "--lab") as server:
        yield server


def figure(page: Page, method: str, name: str) -> float:
    value = lane(page, method).locator(f"[data-figure={name}]").get_attribute("data-value")
    return float(value or "nan")


def test_the_bytes_for_each_message_are_those_of_a_capture(page: Page, lab: Server) -> None:
    with Recorder(int(lab.port)) as recorder:
        page.goto(f"http://127.0.0.1:{recorder.port}/delivery?source=fast&interval=500")
        expect_messages(page, "local", 80)
        for method, route in ROUTES.items():
            (path,) = (
                each for each in recorder.up if re.fullmatch(f"/lab/[^/]+/messages{route}", each)
            )
            shown = figure(page, method, "bytes")
            messages = len(re.findall(rb'"id":', recorder.received[path]))
            captured = (recorder.up[path] + recorder.down[path]) / messages
            assert shown == pytest.approx(captured, rel=0.05), method
        page.goto("about:blank")
