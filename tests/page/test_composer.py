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


def test_a_message_over_the_limit_stays_in_the_field(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    send(page, "x" * 2160)
    expect(page.get_by_role("alert")).to_have_text("160 characters too long (limit 2,000).")
    expect(field(page)).to_have_value("x" * 2160)
    field(page).fill("x" * 2001)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#remaining")).to_have_text("1 character too long (limit 2,000).")


def test_the_characters_left_are_counted_near_the_limit(page: Page, server: Server) -> None:
    page.goto(server.url)
    field(page).fill("x" * 1790)
    expect(page.locator("#remaining")).to_be_hidden()
    field(page).fill("😀" * 1990)
    expect(page.locator("#remaining")).to_have_text("10 left")


def test_a_draft_survives_a_reload(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    field(page).fill("not yet sent")
    page.reload()
    expect(field(page)).to_have_value("not yet sent")
    send(page, "sent")
    expect(in_log(page, "sent")).to_have_count(1)
    page.reload()
    expect(field(page)).to_have_value("")


def test_a_slash_goes_to_the_field_and_escape_leaves_it(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")
    page.keyboard.type("and/or")
    expect(field(page)).to_have_value("and/or")
    page.keyboard.press("Escape")
    expect(field(page)).not_to_be_focused()
    expect(field(page)).to_have_value("and/or")


def test_the_field_grows_with_its_text_without_field_sizing(page: Page, server: Server) -> None:
    page.add_init_script("CSS.supports = () => false")
    page.goto(server.url)
    field(page).evaluate("(field) => (field.style.fieldSizing = 'fixed')")
    heights = []
    for text in ("one", "one\ntwo\nthree", "one"):
        field(page).fill(text)
        box = field(page).bounding_box()
        assert box
        heights.append(box["height"])
    assert heights[1] > heights[0] + 30
    assert heights[2] == heights[0]


def test_a_rejected_first_message_returns_and_does_not_settle_the_name(
    page: Page, server: Server
) -> None:
    open_chat(page, server.url)
    page.get_by_label("Your name").fill("Robot")
    send(page, "I am the robot")
    expect(page.get_by_role("alert")).to_contain_text("Only the robot may be called")
    expect(field(page)).to_have_value("I am the robot")
    expect(page.get_by_label("Your name")).to_have_value("Robot")
    page.reload()
    expect(page.get_by_label("Your name")).to_be_visible()


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
