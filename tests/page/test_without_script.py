"""The page in a browser that runs no script."""

import re
from subprocess import Popen

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import append, conversation, field, in_log, remark


def test_a_visitor_can_send_a_message_and_read_the_reply(
    page_without_script: Page, server: Server, robot: Popen[str]
) -> None:
    page = page_without_script
    page.goto(server.url)
    page.get_by_label("Your name").fill("Ann")
    field(page).fill("hello robot")
    page.get_by_role("button", name="Send").click()
    expect(in_log(page, "hello robot").first).to_contain_text("Ann")
    reply = page.locator('#log [data-role="robot"]:not([data-reply-to=""])')
    while not reply.count():
        page.get_by_role("link", name="Load new messages").click()


def test_a_blank_message_is_refused_beside_the_field(
    page_without_script: Page, server: Server
) -> None:
    page = page_without_script
    page.goto(server.url)
    field(page).fill("   ")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(field(page)).to_have_value("   ")


def test_a_reply_shows_what_it_answers_even_if_that_is_not_on_the_page(
    page_without_script: Page, server: Server
) -> None:
    question = server.say("what is a cursor?", author="Ann")
    append(server, [*conversation(60), remark("A position.", reply_to=question["id"])])
    page_without_script.goto(server.url)
    quote = in_log(page_without_script, "A position.").locator(".quote")
    expect(quote).to_have_text(re.compile("Ann.*what is a cursor?"))
    # The lines of `conversation` have no time, and an empty <time> is not valid HTML.
    expect(in_log(page_without_script, "line 59.").locator(".stamp")).to_have_text("#")
    expect(in_log(page_without_script, "line 59.").locator("time")).to_have_count(0)
