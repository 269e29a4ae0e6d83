"""The unread line: where the reader left off."""

import re

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import append, conversation, hide, in_log, open_chat, remarks, send

UNREAD = re.compile(r"\bunread\b")


def test_messages_that_arrive_while_the_page_is_hidden_are_below_a_line(
    page: Page, server: Server
) -> None:
    server.say("seen")
    open_chat(page, server.url)
    hide(page)
    append(server, remarks(3))
    server.say("first new")
    server.say("second new")
    expect(in_log(page, "second new")).to_have_count(1)
    hide(page, hidden=False)
    expect(in_log(page, "first new")).to_have_class(UNREAD)
    expect(page.locator("#log .unread")).to_have_count(1)
    send(page, "I have read it")
    expect(page.locator("#log .unread")).to_have_count(0)


def test_a_new_visit_starts_with_a_line_and_a_way_to_it(page: Page, server: Server) -> None:
    append(server, conversation(30))
    server.say("the last one seen")
    open_chat(page, server.url)
    hide(page)
    page.goto("about:blank")
    for n in range(120):
        server.say(f"new {n}.")
    open_chat(page, server.url)
    expect(in_log(page, "new 119.")).to_be_in_viewport()
    page.get_by_role("button", name="New since").click()
    expect(in_log(page, "new 0.")).to_have_class(UNREAD)
    expect(in_log(page, "new 0.")).to_be_in_viewport()
    expect(page.get_by_role("button", name="New since")).to_have_count(0)


def test_a_first_visit_and_a_visit_without_news_have_no_line(page: Page, server: Server) -> None:
    append(server, conversation(30))
    server.say("the last one seen")
    open_chat(page, server.url)
    expect(page.locator("#log .unread")).to_have_count(0)
    hide(page)
    page.reload()
    expect(in_log(page, "the last one seen")).to_be_in_viewport()
    expect(page.locator("#log .unread")).to_have_count(0)
    expect(page.get_by_role("button", name="New since")).to_have_count(0)
