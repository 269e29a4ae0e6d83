"""The panel that compares the ways of delivery."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Server
from tests.page.steps import connected, said


def figure(page: Page, way: str, name: str) -> Locator:
    return page.locator(f"[data-method={way}] [data-metric={name}]")


@pytest.mark.parametrize("way", ["websocket", "events", "long-polling", "polling"])
def test_the_figures_of_a_way_are_live(page: Page, server: Server, way: str) -> None:
    connected(page, f"{server.url}/?delivery={way}")
    page.get_by_role("button", name="Delivery").click()
    for number in range(3):
        server.say(f"number {number}")
        expect(said(page, f"number {number}")).to_have_count(1)
    expect(figure(page, way, "messages")).to_have_text("3")
    for name in ("latest", "median", "p95"):
        expect(figure(page, way, name)).to_have_text(re.compile(r"^[\d.]+ m?s$"))
    expect(figure(page, way, "bytes")).to_have_text(re.compile(r"^[\d,.]{3,} k?B$"))
    if way in {"websocket", "events"}:
        expect(figure(page, way, "requests")).to_have_text("1")
    else:
        expect(figure(page, way, "requests")).to_have_text(re.compile(r"^([4-9]|\d\d)$"))
    expect(page.locator(f"#chart [data-method={way}]")).to_have_count(1)


def test_the_figures_of_another_way_stay_beside_it(page: Page, server: Server) -> None:
    connected(page, server.url)
    page.get_by_role("button", name="Delivery").click()
    server.say("by socket")
    expect(figure(page, "websocket", "messages")).to_have_text("1")
    page.get_by_label("Long polling").check()
    expect(figure(page, "long-polling", "requests")).to_have_text("2")
    server.say("by long polling")
    expect(figure(page, "long-polling", "messages")).to_have_text("1")
    expect(figure(page, "websocket", "messages")).to_have_text("1")
    expect(page.locator("#chart .dots")).to_have_count(2)


def test_the_choice_is_in_the_address(page: Page, server: Server) -> None:
    connected(page, server.url)
    page.get_by_role("button", name="Delivery").click()
    page.get_by_label("Server-sent events").check()
    expect(page).to_have_url(f"{server.url}/?delivery=events")
    page.reload()
    expect(page.locator("#chip-method")).to_have_text("Server-sent events")


def test_an_unknown_way_in_the_address_is_the_first(page: Page, server: Server) -> None:
    connected(page, f"{server.url}/?delivery=constructor")
    expect(page.locator("#chip-method")).to_have_text("WebSocket")


def test_what_was_written_before_the_connection_is_no_delay(page: Page, server: Server) -> None:
    page.route("**/main.js", lambda route: (server.say("early"), route.continue_())[1])
    connected(page, server.url)
    page.get_by_role("button", name="Delivery").click()
    expect(figure(page, "websocket", "messages")).to_have_text("1")
    expect(figure(page, "websocket", "latest")).to_have_text("–")  # noqa: RUF001
