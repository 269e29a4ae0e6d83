"""Steps that the tests of the comparison page share."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Locator, Page, Route, expect

from tests import patches
from tests.conftest import Server, serving
from tests.page.steps import METHOD_NAMES

PATIENCE = 60_000  # milliseconds


@contextmanager
def serving_lab(folder: Path) -> Iterator[Server]:
    """Run a server with a lab whose faults are short."""
    with serving(folder / "dialog.jsonl", "--lab", patch=patches.short_faults) as server:
        yield server


def lane(page: Page, name: str) -> Locator:
    return page.locator(f".lane[data-name={name}]")


def draw_rarely(page: Page) -> None:
    """Draw the time line once a second, because a browser without a GPU draws it slowly."""
    page.emulate_media(reduced_motion="reduce")


def open_lab(page: Page, server: Server, query: str = "") -> None:
    """Open the page and wait until all lanes are connected."""
    draw_rarely(page)
    page.goto(f"{server.url}/delivery{query}")
    for name in METHOD_NAMES:
        expect(lane(page, name)).to_have_attribute("data-state", "connected", timeout=PATIENCE)


def choose(page: Page, network: str) -> None:
    page.locator(f"input[name=network][value='{network}']").check(force=True)


def expect_messages(page: Page, network: str, count: int) -> None:
    """Wait until so many messages were written under a network."""
    page.wait_for_function(
        """([fault, count]) => {
            const cell = document.querySelector(`[data-fault="${fault}"] [data-method]`);
            return Number(cell.dataset.count) >= count;
        }""",
        arg=[network, count],
        timeout=PATIENCE,
        polling=200,  # milliseconds; otherwise the page is asked in each frame
    )


def shorten(page: Page, script: str, pattern: str, replacement: str) -> None:
    """Serve a script with a shorter time in it."""

    def respond(route: Route) -> None:
        text, count = re.subn(pattern, replacement, httpx.get(route.request.url).text)
        assert count == 1
        route.fulfill(body=text, content_type="text/javascript")

    page.route(f"**/{script}", respond)
