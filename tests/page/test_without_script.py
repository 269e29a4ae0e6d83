"""The page in a browser that runs no script."""

from collections.abc import Iterator
from subprocess import Popen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server
from tests.page.steps import field, in_log


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(java_script_enabled=False)
    yield page
    page.close()


def test_a_visitor_can_send_a_message_and_read_the_reply(
    page: Page, server: Server, robot: Popen[str]
) -> None:
    page.goto(server.url)
    page.get_by_label("Your name").fill("Ann")
    field(page).fill("hello robot")
    page.get_by_role("button", name="Send").click()
    expect(in_log(page, "hello robot").first).to_contain_text("Ann")
    reply = page.locator('#log [data-role="robot"]:not([data-reply-to=""])')
    while not reply.count():
        page.get_by_role("link", name="Load new messages").click()


def test_a_blank_message_is_refused_beside_the_field(page: Page, server: Server) -> None:
    page.goto(server.url)
    field(page).fill("   ")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(field(page)).to_have_value("   ")
