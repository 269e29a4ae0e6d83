"""Links to messages, wherever in the dialog they are."""

import re

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import append, conversation, in_log, open_chat, remarks


def test_an_address_leads_to_a_message_far_back(page: Page, server: Server) -> None:
    append(server, conversation(5000))
    message = server.dialog.after(server.dialog.start(), 18).messages[17]
    open_chat(page, f"{server.url}/#m-{message.id}")
    row = page.locator(f'[id="m-{message.id}"]')
    expect(row).to_be_in_viewport()
    expect(row).to_have_class(re.compile("highlighted"))
    expect(row).to_contain_text("line 17.")
    page.locator("#jump").click()
    expect(in_log(page, "line 4999.")).to_be_in_viewport()


def test_an_address_leads_to_the_first_and_to_the_last_message(page: Page, server: Server) -> None:
    append(server, conversation(400))
    messages = server.dialog.newest(400).messages
    for message in messages[0], messages[-1]:
        page.goto("about:blank")
        open_chat(page, f"{server.url}/#m-{message.id}")
        expect(page.locator(f'[id="m-{message.id}"]')).to_be_in_viewport()


def test_an_address_leads_to_a_remark_and_opens_its_group(page: Page, server: Server) -> None:
    append(server, [*conversation(300), *remarks(400), *conversation(300)])
    remark = server.dialog.newest(600).messages[0]
    open_chat(page, f"{server.url}/#m-{remark.id}")
    row = page.locator(f'.remark[id="m-{remark.id}"]')
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("remark 100.")


def test_the_time_of_a_message_is_its_link(page: Page, server: Server) -> None:
    append(server, conversation(40))
    message = server.say("here")
    open_chat(page, server.url)
    link = in_log(page, "here").locator("a.stamp")
    expect(link).to_have_attribute("href", f"#m-{message['id']}")
    link.click()
    expect(page).to_have_url(f"{server.url}/#m-{message['id']}")
    page.reload()
    expect(in_log(page, "here")).to_have_class(re.compile("highlighted"))


def test_an_address_of_a_message_that_is_gone_says_so(page: Page, server: Server) -> None:
    append(server, conversation(5))
    open_chat(page, f"{server.url}/#m-12345-0123456789abcdef")
    expect(page.locator("#notice")).to_have_text("That message no longer exists.")
    expect(in_log(page, "line 4.")).to_be_in_viewport()
