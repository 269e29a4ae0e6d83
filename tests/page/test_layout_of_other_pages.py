"""The layout of the login page and of error pages."""

from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conftest import Server, serving


def expect_one_column(page: Page) -> None:
    """Expect the parts of the page to be below each other and equally wide, at any width."""
    for width in (390, 960, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        parts = page.locator("main > *").evaluate_all(
            "(parts) => parts.map((part) => part.getBoundingClientRect().toJSON())"
        )
        assert len(parts) > 1
        for upper, lower in pairwise(parts):
            assert upper["bottom"] <= lower["top"]
            assert (upper["left"], upper["right"]) == (lower["left"], lower["right"])


def test_an_error_page_is_one_column(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/nowhere")
    expect(page.get_by_role("heading")).to_have_text("404")
    expect(page.get_by_text("There is nothing at this address.")).to_be_visible()
    expect_one_column(page)


def test_the_login_page_is_one_column(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path / "dialog.jsonl", CHAT_PASSWORD="open sesame") as server:
        page.goto(server.url)
        expect(page.get_by_label("Password")).to_be_visible()
        expect_one_column(page)
