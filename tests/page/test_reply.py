"""Replying to a message: the button, the quote above the field and the quote in the log."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Server
from tests.page.steps import (
    append,
    conversation,
    drop_request,
    drop_response,
    field,
    in_log,
    open_chat,
    remark,
    send,
)

BAR = "#reply-target"


def start_reply(page: Page, text: str) -> None:
    in_log(page, text).hover()
    in_log(page, text).locator(".reply").click()


def test_a_reply_names_the_message_that_it_answers(page: Page, server: Server) -> None:
    question = server.say("who is there?", author="Ann")
    server.say("something else", author="Bea")
    open_chat(page, server.url)
    start_reply(page, "who is there?")
    expect(page.locator(BAR)).to_contain_text(re.compile("Ann.*who is there?"))
    expect(field(page)).to_be_focused()
    send(page, "me")
    expect(page.locator(BAR)).to_be_hidden()
    reply = in_log(page, "me").last
    expect(reply.locator(".quote")).to_have_text(re.compile("Ann.*who is there?"))
    message = server.client.get("/messages").json()["messages"][-1]
    assert (message["text"], message["reply_to"]) == ("me", question["id"])
    send(page, "the next one answers nothing")
    expect(in_log(page, "answers nothing")).to_have_count(1)
    assert "reply_to" not in server.client.get("/messages").json()["messages"][-1]


def test_escape_and_the_button_cancel_a_reply(page: Page, server: Server) -> None:
    server.say("hello")
    open_chat(page, server.url)
    start_reply(page, "hello")
    field(page).fill("half a sentence")
    page.keyboard.press("Escape")
    expect(page.locator(BAR)).to_be_hidden()
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("half a sentence")
    start_reply(page, "hello")
    page.get_by_role("button", name="Cancel the reply").click()
    expect(page.locator(BAR)).to_be_hidden()


def test_the_reply_button_appears_on_focus_and_on_touch(browser: Browser, server: Server) -> None:
    server.say("hello", author="Ann")
    page = browser.new_page()
    open_chat(page, server.url)
    button = button_on(page)
    expect(button).to_have_css("opacity", "0")
    button.focus()
    expect(button).to_have_css("opacity", "1")
    page.close()
    context = browser.new_context(has_touch=True, is_mobile=True)
    page = context.new_page()
    open_chat(page, server.url)
    expect(button_on(page)).to_have_css("opacity", "1")
    button_on(page).tap()
    expect(page.locator(BAR)).to_contain_text("hello")
    context.close()


def button_on(page: Page) -> Locator:
    return page.get_by_role("button", name="Reply to Ann")


def test_a_reply_to_the_row_above_needs_no_quote(page: Page, server: Server) -> None:
    question = server.say("hello robot", author="Ann")
    append(server, [remark("Hello Ann!", reply_to=question["id"])])
    append(server, [remark("And once more.", reply_to=question["id"])])
    open_chat(page, server.url)
    expect(in_log(page, "Hello Ann!").locator(".quote")).to_be_hidden()
    expect(in_log(page, "And once more.").locator(".quote")).to_be_visible()


def test_the_quote_of_a_joined_reply_can_be_clicked(page: Page, server: Server) -> None:
    questions = [server.say(f"question {n}", author="Ann") for n in range(2)]
    append(server, conversation(60))
    now = questions[1]["time"]
    append(server, [remark("first answer", time=now, reply_to=questions[0]["id"])])
    append(server, [remark("second answer", time=now, reply_to=questions[1]["id"])])
    open_chat(page, server.url)
    joined = in_log(page, "second answer")
    expect(joined).to_have_class(re.compile("joined"))
    box = joined.locator(".quote").bounding_box()
    assert box
    for part in (0.1, 0.5, 0.9):
        x = box["x"] + box["width"] * part
        for y in (box["y"] + 1, box["y"] + box["height"] - 1):
            element = "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.quote'))"
            assert page.evaluate(element, [x, y])
    joined.locator(".quote").click()
    expect(in_log(page, "question 1").first).to_be_in_viewport()


def test_the_quote_of_a_message_far_back_is_loaded(page: Page, server: Server) -> None:
    append(server, conversation(900))
    answered = server.dialog.newest(900).messages[3]
    open_chat(page, server.url)
    server.say("I agree", author="Bea", reply_to=answered.id)
    expect(in_log(page, "I agree").locator(".quote")).to_have_text(re.compile("Ann 0.*line 3."))


def test_a_rejected_reply_keeps_its_target(page: Page, server: Server) -> None:
    server.say("hello", author="Ann")
    open_chat(page, server.url)
    page.get_by_label("Your name").fill("Robot")
    start_reply(page, "hello")
    send(page, "I am the robot")
    expect(page.get_by_role("alert")).to_contain_text("Only the robot")
    expect(page.locator(BAR)).to_contain_text("hello")
    expect(field(page)).to_have_value("I am the robot")


def test_a_reply_survives_a_reload(page: Page, server: Server) -> None:
    question = server.say("who is there?", author="Ann")
    open_chat(page, server.url)
    start_reply(page, "who is there?")
    field(page).fill("me")
    page.reload()
    expect(page.locator(BAR)).to_contain_text(re.compile("Ann.*who is there?"))
    field(page).press("Enter")
    expect(in_log(page, "me").last.locator(".quote")).to_have_text(re.compile("Ann"))
    assert server.client.get("/messages").json()["messages"][-1]["reply_to"] == question["id"]
    page.reload()
    expect(page.locator(BAR)).to_be_hidden()


@pytest.mark.parametrize("stored", [False, True])
def test_a_reply_to_a_message_that_is_gone_can_be_sent_without_it(
    page: Page, server: Server, stored: bool
) -> None:
    """If a lost response hid that the reply was stored, the nonce keeps it from being repeated."""
    append(server, [{"text": "old " * 500}, *conversation(20)])
    open_chat(page, f"{server.url}/?delivery=polling")
    start_reply(page, "old")
    page.route("**/messages?*", lambda route: route.abort())
    page.route("**/messages", drop_response if stored else drop_request)
    send(page, "the answer")
    outbox = page.locator("#outbox .message")
    expect(outbox).to_have_attribute("data-state", "failed")
    append(server, [{"text": "new"}])
    assert server.dialog.trim(size=2500)
    page.unroute("**/messages")
    outbox.get_by_role("button", name="Try again").click()
    expect(outbox.get_by_role("alert")).to_contain_text("no longer exists")
    outbox.get_by_role("button", name="Send without the reply").click()
    page.unroute_all()
    expect(in_log(page, "the answer")).to_have_count(1)
    expect(outbox).to_have_count(0)
    texts = [message.text for message in server.dialog.newest(50).messages]
    assert texts.count("the answer") == 1


def test_the_arrow_up_recalls_the_last_message(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    send(page, "teh first")
    expect(in_log(page, "teh first")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(field(page)).to_have_value("teh first")
    field(page).fill("")
    page.reload()
    field(page).press("ArrowUp")
    expect(field(page)).to_have_value("teh first")
    field(page).fill("written already")
    page.keyboard.press("ArrowUp")
    expect(field(page)).to_have_value("written already")
