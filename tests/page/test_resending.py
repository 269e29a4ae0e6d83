"""Messages that the server did not accept: the reason, further attempts, and what a tab keeps."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.conftest import Server, serving
from tests.page.steps import (
    drop_request,
    drop_response,
    field,
    in_log,
    open_chat,
    send,
    stop_delivery,
    stored_texts,
)
from tests.waiting import until

OUTBOX = "#outbox .message"


def fail_posts(page: Page, status: int, reason: str, **headers: str) -> None:
    def fail(route: Route) -> None:
        if route.request.method == "POST":
            error = {"code": "failed", "message": reason}
            route.fulfill(status=status, json={"error": error}, headers=headers)
        else:
            route.continue_()

    page.route("**/messages", fail)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, "You are sending messages too fast."),
        (503, "Another program has locked the dialog."),
        (507, "The disk is full."),
    ],
)
def test_the_reason_of_the_server_is_shown(
    page: Page, server: Server, status: int, reason: str
) -> None:
    open_chat(page, server.url)
    fail_posts(page, status, reason)
    send(page, "hello")
    expect(page.locator(OUTBOX).get_by_role("alert")).to_contain_text(reason)
    expect(page.get_by_text("This page sends it again by itself.")).to_be_hidden()


@pytest.mark.own_profile
def test_a_message_is_sent_again_when_the_server_asked_for_it(page: Page, server: Server) -> None:
    page.clock.install()
    open_chat(page, server.url)
    fail_posts(page, 429, "You are sending messages too fast.", **{"Retry-After": "30"})
    send(page, "first")
    expect(page.get_by_text("This page sends it again by itself.")).to_be_visible()
    send(page, "second")
    page.unroute_all()
    page.clock.run_for(29_000)
    assert stored_texts(server) == []
    page.clock.run_for(1_000)
    expect(page.locator("#log .text")).to_have_text(["first", "second"])
    expect(page.locator(OUTBOX)).to_have_count(0)


def test_a_failed_message_is_sent_again_on_reconnect(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path / "dialog.jsonl") as server:
        open_chat(page, server.url)
    expect(page.locator("#status")).to_contain_text("Reconnecting in")
    send(page, "written meanwhile")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "failed")
    expect(page.locator(OUTBOX)).to_contain_text("The server did not answer.")
    with serving(server.address, "--port", server.port) as again:
        expect(in_log(page, "written meanwhile")).to_have_count(1, timeout=20_000)
        expect(page.locator(OUTBOX)).to_have_count(0)
        assert stored_texts(again) == ["written meanwhile"]


@pytest.mark.parametrize("stored", [False, True])
def test_an_unsent_message_survives_a_reload_and_is_stored_once(
    page: Page, server: Server, stored: bool
) -> None:
    open_chat(page, f"{server.url}/?delivery=polling")
    stop_delivery(page)
    page.route("**/messages", drop_response if stored else drop_request)
    send(page, "important")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "failed")
    page.unroute_all()
    page.reload()
    expect(in_log(page, "important")).to_have_count(1)
    expect(page.locator("#log .mine")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)
    assert stored_texts(server) == ["important"]


def test_a_discarded_message_does_not_come_back(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    fail_posts(page, 507, "The disk is full.")
    send(page, "never mind")
    page.get_by_role("button", name="Discard").click()
    page.unroute_all()
    page.reload()
    send(page, "something else")
    expect(in_log(page, "something else")).to_have_count(1)
    assert stored_texts(server) == ["something else"]


@pytest.mark.own_profile
@pytest.mark.parametrize("value", ["{", "null", "5", '{"a": 1}', '[1, null, {"text": 1}]'])
def test_a_corrupt_storage_does_not_stop_the_page(page: Page, server: Server, value: str) -> None:
    page.add_init_script(
        """for (const name of ["mine", "notify", "chatter"]) {
            localStorage.setItem(`one-file-chat.${name}`, VALUE);
        }
        sessionStorage.setItem("one-file-chat.outbox", VALUE);""".replace("VALUE", repr(value))
    )
    open_chat(page, server.url)
    send(page, "hello")
    expect(in_log(page, "hello")).to_have_count(1)


@pytest.mark.own_profile
def test_a_page_whose_browser_stores_nothing_works(page: Page, server: Server) -> None:
    page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) {
            Object.defineProperty(window, name, { get() { throw new DOMException("refused"); } });
        }"""
    )
    open_chat(page, server.url)
    page.get_by_label("Your name").fill("Ann")
    send(page, "hello")
    expect(in_log(page, "hello")).to_have_class("message mine")
    expect(page.locator("#name-summary")).to_contain_text("Writing as Ann")
    field(page).fill("a draft")
    until(lambda: stored_texts(server) == ["hello"])
