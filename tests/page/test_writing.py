"""Writing: what is sent is shown at once, written once, and never lost."""

import re

from playwright.sync_api import Page, Route, expect

from tests.conftest import Server
from tests.page.steps import connected, said, send

FIELD = "#message"
OUTBOX = "#outbox .message"


def texts(server: Server) -> list[str]:
    return [message["text"] for message in server.client.get("/messages").json()["messages"]]


def test_enter_sends_and_shift_enter_breaks_the_line(page: Page, server: Server) -> None:
    connected(page, server.url)
    page.locator(FIELD).press_sequentially("one")
    page.keyboard.press("Shift+Enter")
    page.locator(FIELD).press_sequentially("two")
    page.keyboard.press("Enter")
    expect(said(page, "one")).to_have_count(1)
    assert texts(server) == ["one\ntwo"]


def test_a_message_is_shown_at_once_as_sending(page: Page, server: Server) -> None:
    connected(page, server.url)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/messages", hold)
    send(page, "on its way")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "sending")
    expect(page.locator(OUTBOX)).to_contain_text("sending")
    held[0].continue_()
    expect(said(page, "on its way")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)


def test_what_is_sent_is_marked_until_it_is_delivered(page: Page, server: Server) -> None:
    connected(page, f"{server.url}/?delivery=polling")
    page.route("**/messages?after=*", lambda route: route.abort())
    send(page, "written, not delivered")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "sent")
    page.unroute_all()
    expect(said(page, "written, not delivered")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)


def test_a_failed_message_can_be_tried_again(page: Page, server: Server) -> None:
    connected(page, server.url)
    page.route("**/messages", lambda route: route.abort())
    send(page, "at the second try")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "failed")
    expect(page.locator(OUTBOX)).to_contain_text("at the second try")
    expect(page.get_by_role("alert")).to_contain_text("not sent")
    page.unroute("**/messages")
    page.get_by_role("button", name="Try again").click()
    expect(said(page, "at the second try")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(FIELD)).not_to_have_attribute("aria-invalid", "true")
    assert texts(server) == ["at the second try"]


def lose_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


def test_a_message_whose_answer_is_lost_is_written_once(page: Page, server: Server) -> None:
    connected(page, f"{server.url}/?delivery=polling")
    page.route("**/messages?after=*", lambda route: route.abort())
    page.route("**/messages", lose_the_answer)
    send(page, "once")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "failed")
    page.unroute("**/messages")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "sent")
    page.unroute_all()
    expect(said(page, "once")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)
    assert texts(server) == ["once"]


def test_a_failed_message_leaves_when_it_is_delivered(page: Page, server: Server) -> None:
    connected(page, f"{server.url}/?delivery=polling")
    page.route("**/messages?after=*", lambda route: route.abort())
    page.route("**/messages", lose_the_answer)
    send(page, "written after all")
    expect(page.locator(OUTBOX)).to_have_attribute("data-state", "failed")
    page.unroute_all()
    expect(said(page, "written after all")).to_have_count(1)
    expect(page.locator(OUTBOX)).to_have_count(0)
    assert texts(server) == ["written after all"]


def test_a_failed_message_can_be_discarded(page: Page, server: Server) -> None:
    connected(page, server.url)
    page.route("**/messages", lambda route: route.abort())
    send(page, "never mind")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(OUTBOX)).to_have_count(0)


def test_several_messages_keep_their_order(page: Page, server: Server) -> None:
    connected(page, server.url)
    for number in range(5):
        send(page, f"number {number}")
    expect(page.locator("#log .text")).to_have_text([f"number {n}" for n in range(5)])


def test_the_name_is_asked_once_remembered_and_changeable(page: Page, server: Server) -> None:
    connected(page, server.url)
    page.get_by_label("Your name").fill("Ann")
    send(page, "first")
    expect(page.get_by_label("Your name")).to_be_hidden()
    expect(page.locator("#name-summary")).to_contain_text("Writing as Ann")
    page.reload()
    expect(page.locator("#name-summary")).to_contain_text("Writing as Ann")
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Your name").fill("Bea")
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()
    send(page, "second")
    expect(said(page, "second")).to_have_count(1)
    messages = server.client.get("/messages").json()["messages"]
    assert [message["author"] for message in messages] == ["Ann", "Bea"]


def test_ones_own_messages_are_known_after_a_reload(page: Page, server: Server) -> None:
    connected(page, server.url)
    send(page, "mine")
    server.say("somebody else's")
    expect(said(page, "somebody else's")).to_have_count(1)
    page.reload()
    expect(said(page, "mine")).to_have_class(re.compile(r"\bmine\b"))
    expect(said(page, "somebody else's")).not_to_have_class(re.compile(r"\bmine\b"))


def test_the_characters_left_are_counted_near_the_limit(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.locator(FIELD).fill("x" * 1790)
    expect(page.locator("#remaining")).to_be_hidden()
    page.locator(FIELD).fill("😀" * 1990)
    expect(page.locator("#remaining")).to_have_text("10")
