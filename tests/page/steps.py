"""What the tests of the page do and look for, again and again."""

from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

from tests.conftest import Server
from tests.messages import by_hand


def said(page: Page, text: str) -> Locator:
    """The messages in the log that have this text."""
    return page.locator("#log .message", has_text=text)


def send(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def connected(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("#status")).to_have_attribute("data-state", "connected")


def write(server: Server, lines: Iterable[dict[str, str]]) -> None:
    """Append to the dialog as any other program might."""
    by_hand(server.dialog, *lines)


def remark(text: str, **fields: str) -> dict[str, str]:
    """Something that the robot says of its own accord."""
    return {"text": text, "role": "robot", "author": "Robot"} | fields


def remarks(number: int) -> list[dict[str, str]]:
    return [remark(f"remark {n}.") for n in range(number)]


def talk(number: int) -> list[dict[str, str]]:
    return [{"text": f"line {n}.", "author": f"Ann {n % 3}"} for n in range(number)]


def hide(page: Page, hidden: bool = True) -> None:
    """Let the page believe that its tab is in the background: headless browsers have none."""
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
