"""The reader's own messages: shown at once, stored once and never lost."""

import re

from playwright.sync_api import Page, Route, expect

from tests.conftest import Server
from tests.page.steps import (
    drop_request,
    drop_response,
    field,
    in_log,
    open_chat,
    send,
    stop_delivery,
    stored_texts,
    texts_in_log,
)

OUTBOX = "#outbox .message"


def test_a_message_is_shown_at_once_as_sending(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/messages", hold)
    send(page, "on its way")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "sending")
    expect(page.locator(OUTBOX)).to_contain_text("sending")
    held[0].continue_()
    expect(in_log(page, "on its way")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)


def test_a_stored_message_is_marked_as_sent_until_it_is_delivered(
    page: Page, server: Server
) -> None:
    open_chat(page, f"{server.url}/?delivery=polling")
    stop_delivery(page)
    send(page, "stored, not delivered")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "sent")
    page.unroute_all()
    expect(in_log(page, "stored, not delivered")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)


def test_a_failed_message_can_be_sent_again(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    page.route("**/messages", drop_request)
    send(page, "at the second attempt")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "failed")
    expect(page.locator(OUTBOX)).to_contain_text("at the second attempt")
    expect(page.get_by_role("alert")).to_contain_text("Your message was not sent.")
    page.unroute("**/messages")
    page.get_by_role("button", name="Try again").click()
    expect(in_log(page, "at the second attempt")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(field(page)).not_to_have_attribute("aria-invalid", "true")
    assert stored_texts(server) == ["at the second attempt"]


def test_a_message_is_stored_once_even_if_responses_are_lost(page: Page, server: Server) -> None:
    open_chat(page, f"{server.url}/?delivery=polling")
    stop_delivery(page)
    page.route("**/messages", drop_response)
    send(page, "once")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "failed")
    page.unroute("**/messages")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "sent")
    page.unroute_all()
    expect(in_log(page, "once")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)
    assert stored_texts(server) == ["once"]


def test_a_failed_message_that_is_delivered_leaves_the_outbox(page: Page, server: Server) -> None:
    open_chat(page, f"{server.url}/?delivery=polling")
    stop_delivery(page)
    page.route("**/messages", drop_response)
    send(page, "stored after all")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "failed")
    page.unroute_all()
    expect(in_log(page, "stored after all")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)
    assert stored_texts(server) == ["stored after all"]


def test_a_failed_message_can_be_discarded(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    page.route("**/messages", drop_request)
    send(page, "never mind")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(OUTBOX)).to_have_count(0)


def test_messages_keep_their_order(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    for number in range(5):
        send(page, f"number {number}")
    expect(page.locator("#log .text")).to_have_count(5)
    assert texts_in_log(page) == [f"number {n}" for n in range(5)]


def test_the_readers_own_messages_are_recognised_after_a_reload(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    send(page, "mine")
    server.say("from another")
    expect(in_log(page, "from another")).to_have_count(1)
    page.reload()
    expect(in_log(page, "mine")).to_have_class(re.compile(r"\bmine\b"))
    expect(in_log(page, "from another")).not_to_have_class(re.compile(r"\bmine\b"))
