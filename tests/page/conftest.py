"""A real browser: Playwright's Chromium, or the one that the system has.

One server serves all these tests; each finds an empty dialog.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.conftest import Server
from tests.messages import emptied

SYSTEM = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = [
    "--no-sandbox",  # in containers, tests run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, SYSTEM)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser without a past. What it complains of fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-US", timezone_id="Asia/Tokyo"
    )
    page = context.new_page()
    complaints: list[Error] = []
    page.on("pageerror", lambda error: complaints.append(error))  # noqa: PLW0108  # it wants a def
    yield page
    context.close()
    assert not complaints


@pytest.fixture
def address(shared: Server) -> str:
    emptied(shared.dialog)
    return shared.address


@pytest.fixture
def server(shared: Server, address: str) -> Server:
    return shared
