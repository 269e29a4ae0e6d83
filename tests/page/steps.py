"""Steps that many tests of the page share."""

from collections.abc import Iterable

from playwright.sync_api import Locator, Page, Route, expect

from tests.conftest import Server
from tests.delivery_methods import texts
from tests.messages import by_hand
from web.delivery import METHODS

METHOD_NAMES = [method.name for method in METHODS]


def open_chat(page: Page, url: str) -> None:
    """Open the page and wait until it is connected."""
    page.goto(url)
    expect(page.locator("#status")).to_have_attribute("data-state", "connected")


def open_panel(page: Page) -> None:
    page.get_by_role("button", name="Delivery").click()


def field(page: Page) -> Locator:
    return page.get_by_label("Message", exact=True)


def send(page: Page, text: str) -> None:
    field(page).fill(text)
    page.keyboard.press("Enter")


def in_log(page: Page, text: str) -> Locator:
    """Return the messages in the log that contain this text."""
    return page.locator("#log .message", has_text=text)


def texts_in_log(page: Page) -> list[str]:
    return page.locator("#log .text").all_text_contents()


def load_earlier(page: Page) -> None:
    """Scroll to the top of the log and wait until nothing is loading."""
    page.locator("#scroller").evaluate("(scroller) => (scroller.scrollTop = 0)")
    expect(page.get_by_text("Loading earlier messages")).to_have_count(0)


def append(server: Server, lines: Iterable[dict[str, str]]) -> None:
    """Append to the dialog as another program does."""
    by_hand(server.dialog, *lines)


def remark(text: str, **fields: str) -> dict[str, str]:
    """Return a line of the robot. Without `reply_to` it is a remark."""
    return {"text": text, "role": "robot", "author": "Robot"} | fields


def remarks(count: int) -> list[dict[str, str]]:
    return [remark(f"remark {n}.") for n in range(count)]


def conversation(count: int) -> list[dict[str, str]]:
    return [{"text": f"line {n}.", "author": f"Ann {n % 3}"} for n in range(count)]


def stored_texts(server: Server) -> list[str]:
    """Return the texts of the newest messages in the dialog."""
    return texts(server.client.get("/messages").json())


def stop_delivery(page: Page) -> None:
    """Make polling fail, so that the page sees no new message."""
    page.route("**/messages?after=*", drop_request)


def drop_request(route: Route) -> None:
    route.abort()


def drop_response(route: Route) -> None:
    route.fetch()
    route.abort()


def hide(page: Page, hidden: bool = True) -> None:
    """Make the page believe that its tab is hidden. A headless browser has no hidden tabs."""
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
