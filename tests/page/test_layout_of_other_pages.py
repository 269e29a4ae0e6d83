"""The layout of the login page and of error pages."""

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Server, serving

each_width = pytest.mark.parametrize("width", [390, 960, 1440])


def expect_one_column(page: Page) -> None:
    """Expect the parts of the page to be below each other and equally wide."""
    parts = page.locator("main > *").evaluate_all(
        "(parts) => parts.map((part) => part.getBoundingClientRect().toJSON())"
    )
    assert len(parts) > 1
    for upper, lower in pairwise(parts):
        assert upper["bottom"] <= lower["top"]
        assert (upper["left"], upper["right"]) == (lower["left"], lower["right"])


@each_width
def test_an_error_page_is_one_column(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{server.url}/nowhere")
    expect(page.get_by_role("heading")).to_have_text("404")
    expect_one_column(page)


@each_width
def test_the_login_page_is_one_column(page: Page, tmp_path: Path, width: int) -> None:
    with serving(tmp_path / "dialog.jsonl", CHAT_PASSWORD="open sesame") as server:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(server.url)
        expect(page.get_by_label("Password")).to_be_visible()
        expect_one_column(page)
