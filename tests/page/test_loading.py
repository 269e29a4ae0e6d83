"""How much the page loads by itself, and when the reader asks for more."""

from playwright.sync_api import Page, Response, expect

from tests.conftest import Server
from tests.page.steps import append, open_chat, remark

LIMIT = 60_000  # bytes of history


def test_a_page_loads_little_history_before_the_reader_asks(page: Page, server: Server) -> None:
    words = "a remark about as long as those of the robot usually are"
    append(server, [{"text": "the first message"}, *(remark(f"{n}: {words}") for n in range(5000))])
    sizes: list[int] = []

    def count(response: Response) -> None:
        if "before=" in response.url:
            sizes.append(len(response.body()))

    page.on("response", count)
    open_chat(page, server.url)
    earlier = page.get_by_role("button", name="Earlier messages")
    expect(earlier).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < LIMIT
    earlier.click()
    expect(page.get_by_text("This is the beginning")).to_be_visible()
    expect(page.locator("#log .message")).to_have_count(1)
    expect(page.locator(".remark-group .count")).to_have_text("5,000")
