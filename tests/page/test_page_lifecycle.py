"""Delivery over the life of a page: hidden, offline, restarted server, many tabs, back button."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server, serving
from tests.page.steps import append, hide, in_log, open_chat, stop_delivery


def test_a_hidden_page_catches_up_without_a_gap(page: Page, server: Server) -> None:
    open_chat(page, f"{server.url}/?delivery=polling")
    hide(page)
    stop_delivery(page)
    for number in range(150):
        server.say(f"number {number}")
    page.unroute_all()
    hide(page, hidden=False)
    expect(page.locator("#log .text")).to_have_text([f"number {n}" for n in range(150)])


def test_an_offline_page_says_so_and_reconnects(page: Page, server: Server) -> None:
    open_chat(page, f"{server.url}/?delivery=long-polling")
    page.context.set_offline(True)
    expect(page.locator("#status")).to_have_text("Offline")
    server.say("sent meanwhile")
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text("Connected")
    expect(in_log(page, "sent meanwhile")).to_have_count(1)


def test_the_page_reconnects_after_a_restart_of_the_server(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path / "dialog.jsonl") as server:
        open_chat(page, server.url)
        page.wait_for_load_state("networkidle")  # a server that ends would cut a picture off
    expect(page.locator("#status")).to_contain_text("Reconnecting in")
    append(server, [{"text": "sent meanwhile"}])
    with serving(server.address, "--port", server.url.rpartition(":")[2]):
        expect(page.locator("#status")).to_have_text("Connected", timeout=15_000)
        expect(in_log(page, "sent meanwhile")).to_have_count(1)


@pytest.mark.parametrize("name", ["events", "long-polling"])
def test_seven_tabs_of_one_browser_receive_messages(
    browser: Browser, server: Server, name: str
) -> None:
    context = browser.new_context()
    pages = [context.new_page() for _ in range(7)]
    for page in pages:
        open_chat(page, f"{server.url}/?delivery={name}")
    server.say("to all of you")
    for page in pages:
        expect(in_log(page, "to all of you")).to_have_count(1)
    context.close()


def test_a_page_in_the_back_forward_cache_closes_its_connection(page: Page, server: Server) -> None:
    with page.expect_event("websocket") as socket:
        open_chat(page, server.url)
    with socket.value.expect_event("close"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    server.say("while away")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(in_log(page, "while away")).to_have_count(1)


def test_the_back_button_restores_a_live_page(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    server.say("before")
    expect(in_log(page, "before")).to_have_count(1)
    page.goto(f"{server.url}/healthz")
    server.say("while away")
    page.go_back()
    expect(in_log(page, "while away")).to_have_count(1)
    server.say("after")
    expect(in_log(page, "after")).to_have_count(1)
    expect(in_log(page, "before")).to_have_count(1)
