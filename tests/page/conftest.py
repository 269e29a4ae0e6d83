"""A real browser: the Chromium of the system, or the one of Playwright if none is installed.

One server serves all these tests. Each test starts with an empty dialog.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.conftest import Server
from tests.messages import emptied
from tests.page.lab_steps import serving_lab

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = [
    "--no-sandbox",  # in a container, tests run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, EXECUTABLES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a new profile. An uncaught error in its script fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-US", timezone_id="Asia/Tokyo"
    )
    page = context.new_page()
    errors: list[Error] = []

    def collect(error: Error) -> None:
        errors.append(error)

    page.on("pageerror", collect)
    yield page
    context.close()
    assert not errors


@pytest.fixture
def address(shared: Server) -> str:
    emptied(shared.dialog)
    return shared.address


@pytest.fixture
def server(shared: Server, address: str) -> Server:
    return shared


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a lab. Each page has a session of its own."""
    with serving_lab(tmp_path_factory.mktemp("lab")) as server:
        yield server
