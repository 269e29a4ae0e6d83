"""The form: keys, focus, limits and the reader's name."""

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import field, in_log, open_chat, send


def test_enter_sends_and_shift_enter_breaks_the_line(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    field(page).press_sequentially("one")
    page.keyboard.press("Shift+Enter")
    field(page).press_sequentially("two")
    page.keyboard.press("Enter")
    expect(in_log(page, "one")).to_have_count(1)
    (message,) = server.client.get("/messages").json()["messages"]
    assert message["text"] == "one\ntwo"


def test_sending_keeps_the_focus_and_empties_the_field(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    field(page).fill("one")
    page.get_by_role("button", name="Send").click()
    expect(in_log(page, "one")).to_have_count(1)
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")


def test_a_blank_message_is_refused_beside_the_field(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    send(page, "  \n ")
    expect(page.get_by_role("alert")).to_have_text("Write a message first.")


def test_a_rejected_message_returns_to_the_field_with_the_reason(
    page: Page, server: Server
) -> None:
    open_chat(page, server.url)
    send(page, "x" * 2001)
    expect(page.get_by_role("alert")).to_contain_text("2,001")
    expect(field(page)).to_have_value("x" * 2001)


def test_the_characters_left_are_counted_near_the_limit(page: Page, server: Server) -> None:
    page.goto(server.url)
    field(page).fill("x" * 1790)
    expect(page.locator("#remaining")).to_be_hidden()
    field(page).fill("😀" * 1990)
    expect(page.locator("#remaining")).to_have_text("10")


def test_the_name_is_remembered_and_can_be_changed(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    page.get_by_label("Your name").fill("Ann")
    send(page, "first")
    expect(page.get_by_label("Your name")).to_be_hidden()
    expect(page.locator("#name-summary")).to_contain_text("Writing as Ann")
    page.reload()
    expect(page.locator("#name-summary")).to_contain_text("Writing as Ann")
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Your name").fill("Bea")
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    send(page, "second")
    expect(in_log(page, "second")).to_have_count(1)
    messages = server.client.get("/messages").json()["messages"]
    assert [message["author"] for message in messages] == ["Ann", "Bea"]
