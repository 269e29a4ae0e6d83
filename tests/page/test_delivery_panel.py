"""The panel that compares the delivery methods."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.conftest import Server
from tests.page.steps import METHOD_NAMES, in_log, open_chat, open_panel, stop_delivery

# Requests for three messages. A stream makes one; the others make at least one for each response.
REQUESTS = {
    "websocket": "1",
    "events": "1",
    "long-polling": r"[4-9]|\d\d",
    "polling": r"[4-9]|\d\d",
}


def metric(page: Page, method: str, name: str) -> Locator:
    return page.locator(f".method[data-method={method}] [data-metric={name}]")


@pytest.mark.parametrize("name", METHOD_NAMES)
def test_a_card_shows_what_its_method_costs(page: Page, server: Server, name: str) -> None:
    open_chat(page, f"{server.url}/?delivery={name}")
    open_panel(page)
    for number in range(3):
        server.say(f"number {number}")
        expect(in_log(page, f"number {number}")).to_have_count(1)
    expect(metric(page, name, "messages")).to_have_text("3")
    for delay in ("latest", "median", "p95"):
        expect(metric(page, name, delay)).to_have_text(re.compile(r"^[\d.]+ m?s$"))
    expect(metric(page, name, "bytes")).to_have_text(re.compile(r"^[\d,.]{3,} k?B$"))
    requests = REQUESTS.get(name, r"\d+")
    expect(metric(page, name, "requests")).to_have_text(re.compile(f"^({requests})$"))
    expect(page.locator(f"#chart [data-method={name}]")).to_have_count(1)


def test_the_dots_of_a_method_have_the_colour_of_its_card(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    open_panel(page)
    colours = set()
    for name in METHOD_NAMES:
        page.locator(f"input[value={name}]").check()
        dots = page.locator(f"#chart [data-method={name}]")
        while not dots.count():  # a message from before the connection has no dot
            server.say(f"by {name}")
        colour = str(dots.evaluate("(path) => getComputedStyle(path).stroke"))
        card = page.locator(f".method[data-method={name}]")
        expect(card).to_have_css("border-top-color", colour)
        colours.add(colour)
    assert len(colours) == len(METHOD_NAMES)


def test_each_method_keeps_its_own_figures(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    open_panel(page)
    server.say("by WebSocket")
    expect(metric(page, "websocket", "messages")).to_have_text("1")
    page.get_by_label("Long polling").check()
    expect(metric(page, "long-polling", "requests")).to_have_text("2")
    server.say("by long polling")
    expect(metric(page, "long-polling", "messages")).to_have_text("1")
    expect(metric(page, "websocket", "messages")).to_have_text("1")
    expect(page.locator("#chart .dots")).to_have_count(2)


def test_the_chosen_method_is_in_the_address(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    open_panel(page)
    page.get_by_label("Server-sent events").check()
    expect(page).to_have_url(f"{server.url}/?delivery=events")
    page.reload()
    expect(page.locator("#chip-method")).to_have_text("Server-sent events")


def test_an_unknown_method_in_the_address_selects_the_first(page: Page, server: Server) -> None:
    open_chat(page, f"{server.url}/?delivery=constructor")
    expect(page.locator("#chip-method")).to_have_text("WebSocket")


def test_a_message_older_than_the_connection_has_no_delay(page: Page, server: Server) -> None:
    def post_and_continue(route: Route) -> None:
        server.say("early")
        route.continue_()

    page.route("**/main.js", post_and_continue)
    open_chat(page, server.url)
    open_panel(page)
    expect(metric(page, "websocket", "messages")).to_have_text("1")
    expect(metric(page, "websocket", "latest")).not_to_contain_text("s")


def test_escape_closes_the_panel_and_returns_to_its_button(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    open_panel(page)
    page.get_by_label("Long polling").check()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#panel-button")).to_be_focused()
    expect(page.locator("#panel-button")).to_have_attribute("aria-expanded", "false")


def test_no_delay_is_shown_while_the_page_is_disconnected(page: Page, server: Server) -> None:
    open_chat(page, f"{server.url}/?delivery=polling")
    server.say("hello")
    expect(page.locator("#chip-delay")).to_contain_text("s")
    stop_delivery(page)
    expect(page.locator("#chip-delay")).not_to_contain_text("s")
