"""The delivery methods in a real browser: each one, switches between them, fallback and loss."""

import re
from subprocess import Popen

import pytest
from playwright.sync_api import Page, Route, expect

from tests.conftest import Server
from tests.messages import emptied
from tests.page.steps import METHOD_NAMES, in_log, open_chat, open_panel, send, texts_in_log


@pytest.mark.parametrize("name", METHOD_NAMES)
def test_each_method_delivers_a_reply(
    page: Page, server: Server, robot: Popen[str], name: str
) -> None:
    open_chat(page, f"{server.url}/?delivery={name}")
    open_panel(page)
    expect(page.locator(f".method[data-method={name}]")).to_have_class(re.compile("current"))
    send(page, "hello robot")
    reply = page.locator('#log [data-role="robot"]:not([data-reply-to=""])')
    expect(reply).to_have_count(1)
    expect(in_log(page, "hello robot").first).to_have_class(re.compile("mine"))


def test_switching_methods_neither_loses_nor_repeats_a_message(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    open_panel(page)
    switches = [*METHOD_NAMES, *reversed(METHOD_NAMES)]
    for number, name in enumerate(switches):
        server.say(f"before {number}.")
        page.locator(f"input[value={name}]").check()
        server.say(f"after {number}.")
        expect(in_log(page, f"after {number}.")).to_have_count(1)
    numbers = range(len(switches))
    assert texts_in_log(page) == [f"{when} {n}." for n in numbers for when in ("before", "after")]


def test_a_message_between_rendering_and_the_first_request_is_shown(
    page: Page, server: Server
) -> None:
    def post_and_continue(route: Route) -> None:
        server.say("in between")
        route.continue_()

    page.route("**/main.js", post_and_continue)
    page.goto(server.url)
    expect(in_log(page, "in between")).to_have_count(1)


def test_an_unavailable_method_falls_back_to_the_next(page: Page, server: Server) -> None:
    page.route("**/messages/events*", lambda route: route.abort())
    page.route("**/messages/wait*", lambda route: route.fulfill(status=404))
    open_chat(page, f"{server.url}/?delivery=events")
    open_panel(page)
    expect(page.get_by_role("status")).to_contain_text("so this page uses Polling")
    expect(page.locator("input[value=events]")).to_be_checked()
    server.say("still here")
    expect(in_log(page, "still here")).to_have_count(1)


def test_a_lost_connection_is_shown_and_restored(page: Page, server: Server) -> None:
    open_chat(page, f"{server.url}/?delivery=long-polling")
    page.route("**/messages*", lambda route: route.abort())
    page.route("**/messages/**", lambda route: route.abort())
    server.say("ends the open request")
    expect(page.locator("#status")).to_contain_text("Reconnecting in")
    server.say("sent meanwhile")
    page.unroute_all()
    expect(in_log(page, "sent meanwhile")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("Connected")


def test_a_replaced_dialog_replaces_the_log(page: Page, server: Server) -> None:
    server.say("the old one")
    open_chat(page, server.url)
    expect(in_log(page, "the old one")).to_have_count(1)
    emptied(server.dialog)
    server.say("the new one")
    expect(in_log(page, "the new one")).to_have_count(1)
    expect(in_log(page, "the old one")).to_have_count(0)


def test_polling_leaves_no_listeners_behind(page: Page, server: Server) -> None:
    page.add_init_script(
        """window.listeners = 0;
        const { addEventListener, removeEventListener } = AbortSignal.prototype;
        AbortSignal.prototype.addEventListener = function (...args) {
            window.listeners += 1;
            addEventListener.apply(this, args);
        };
        AbortSignal.prototype.removeEventListener = function (...args) {
            window.listeners -= 1;
            removeEventListener.apply(this, args);
        };"""
    )
    page.clock.install()
    open_chat(page, f"{server.url}/?delivery=polling")
    for _ in range(10):
        with page.expect_response("**/messages?after=*"):
            page.clock.run_for(1000)
    assert page.evaluate("window.listeners") <= 1


def test_a_page_waits_as_long_as_the_server_asks(page: Page, server: Server) -> None:
    page.clock.install()
    headers = {"Retry-After": "60"}
    page.route("**/messages?after=*", lambda route: route.fulfill(status=503, headers=headers))
    page.goto(f"{server.url}/?delivery=polling")
    expect(page.locator("#status")).to_contain_text("Reconnecting in 6")
    page.clock.run_for(59_000)
    page.unroute_all()
    expect(page.locator("#status")).to_contain_text("Reconnecting in")
    page.clock.run_for(5_000)
    expect(page.locator("#status")).to_have_text("Connected")
