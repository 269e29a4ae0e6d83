"""The lanes of the comparison page: what is drawn before a message arrives, and on a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server
from tests.page.lab_steps import expect_messages, lane, open_lab
from tests.waiting import until

INK = [28, 31, 34]  # the colour of a message, in the light scheme


def has_dot(page: Page, name: str) -> bool:
    """Return whether a message is drawn on the server's line of a lane."""
    found: bool = (
        lane(page, name)
        .locator("canvas")
        .evaluate(
            """(canvas, ink) => {
            const context = canvas.getContext("2d");
            const { data } = context.getImageData(0, 0, canvas.width, canvas.height / 3);
            const isInk = (index) => ink.every((value, part) => data[index + part] === value);
            for (let index = 0; index < data.length; index += 4) if (isInk(index)) return true;
            return false;
        }""",
            INK,
        )
    )
    return found


def test_a_message_is_drawn_before_the_lane_has_it(page: Page, lab: Server) -> None:
    open_lab(page, lab, "?source=quiet")
    page.route(re.compile(r"/lab/[^/]+/messages\?"), lambda _: None)  # no poll is answered
    page.get_by_role("button", name="Say something now").click()
    until(lambda: has_dot(page, "polling"))


@pytest.mark.own_profile
def test_a_browser_without_shared_locks_does_not_ask_about_tabs(page: Page, lab: Server) -> None:
    page.add_init_script("delete Navigator.prototype.locks")
    open_lab(page, lab, "?question=7")
    question = page.locator(".question").nth(6)
    expect(question.get_by_label("Polling", exact=True)).to_be_focused()
    expect(question.get_by_role("button")).to_be_disabled()
    expect(question).to_contain_text("only on localhost or with https")


@pytest.mark.parametrize("width", [320, 390])
def test_the_lanes_fit_a_phone(browser: Browser, lab: Server, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 640})
    open_lab(page, lab, "?network=3g")
    expect_messages(page, "3g", 1)
    lane(page, "events").locator(".track").press("ArrowLeft")
    for summary in page.locator(".code summary").all():
        summary.click()
    overflow = page.locator("html").evaluate("(it) => it.scrollWidth - it.clientWidth")
    assert overflow == 0
    page.close()
