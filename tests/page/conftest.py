"""A real browser: the Chromium of the system, or the one of Playwright if none is installed.

One server serves all these tests. Each test starts with an empty dialog.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

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
LASTING = frozenset({"add_init_script", "clock"})  # attributes of a page that change it for good
VIEWPORT = ViewportSize(width=1280, height=800)

expect.set_options(timeout=15_000)  # by default 5 s, which a loaded machine may need for a page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, EXECUTABLES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    """The profile of all tests without the mark `own_profile`. A new tab costs 1 s of CPU."""
    context = new_context(browser)
    yield context
    context.close()


@pytest.fixture
def page(
    request: pytest.FixtureRequest,
    browser: Browser,
    shared_context: BrowserContext,
    shared: Server,
) -> Iterator[Page]:
    """A page that looks like one in a new profile. An uncaught error in its script fails the test.

    Playwright cannot remove the scripts and the clock that a test adds to a page. Such a test needs
    the mark `own_profile`.
    """
    has_own_profile = bool(request.node.get_closest_marker("own_profile"))
    used = LASTING.intersection(request.function.__code__.co_names)
    assert has_own_profile or not used, f"{used} needs the mark own_profile."
    context = new_context(browser) if has_own_profile else shared_context
    page = context.pages[0] if context.pages else context.new_page()
    errors: list[Error] = []

    def collect(error: Error) -> None:
        errors.append(error)

    page.on("pageerror", collect)
    yield page
    if has_own_profile:
        context.close()
    else:
        page.remove_listener("pageerror", collect)
        clear(page, shared.url)
    assert not errors


@pytest.fixture(scope="session")
def page_without_script(browser: Browser) -> Iterator[Page]:
    """A page in a browser that runs no script. It keeps nothing but the URL from test to test."""
    page = browser.new_page(java_script_enabled=False)
    yield page
    page.close()


def new_context(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport=VIEWPORT, locale="en-US", timezone_id="Asia/Tokyo")


def clear(page: Page, url: str) -> None:
    """Undo what a test did to a page and to its profile."""
    page.unroute_all(behavior="ignoreErrors")
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.context.clear_permissions()
    page.set_viewport_size(VIEWPORT)
    page.emulate_media(
        media="null", color_scheme="null", forced_colors="null", reduced_motion="null"
    )
    page.mouse.move(0, 0)
    page.goto(f"{url}/healthz")  # the same origin, but without a script that stores something
    page.evaluate("localStorage.clear(); sessionStorage.clear()")


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
