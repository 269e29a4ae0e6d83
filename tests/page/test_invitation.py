"""The invitation: what a first visitor sees, and three prompts to click."""

from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server
from tests.messages import emptied
from tests.page.steps import append, in_log, open_chat, remarks, send

INVITATION = "Chat with a robot, and with everyone on this page."
PROMPTS = ["Tell me a joke", "Show me a picture", "What's the weather?"]


def test_a_quiet_chat_invites_until_somebody_writes(page: Page, server: Server) -> None:
    append(server, remarks(3))
    open_chat(page, server.url)
    expect(page.get_by_text(INVITATION)).to_be_in_viewport(ratio=1)
    for prompt in PROMPTS:
        expect(page.get_by_role("button", name=prompt)).to_be_in_viewport(ratio=1)
    append(server, remarks(2))
    expect(page.locator(".remark-group .count")).to_have_text("5")
    expect(page.get_by_text(INVITATION)).to_be_visible()
    server.say("hello")
    expect(in_log(page, "hello")).to_have_count(1)
    expect(page.get_by_text(INVITATION)).to_be_hidden()


def test_a_click_on_a_prompt_sends_it(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    page.get_by_role("button", name="Tell me a joke").click()
    expect(in_log(page, "Tell me a joke")).to_have_count(1)
    expect(page.get_by_text(INVITATION)).to_be_hidden()
    assert [m["text"] for m in server.client.get("/messages").json()["messages"]] == PROMPTS[:1]


def test_a_chat_with_a_conversation_does_not_invite(page: Page, server: Server) -> None:
    server.say("hello")
    open_chat(page, server.url)
    expect(page.get_by_text(INVITATION)).to_be_hidden()
    emptied(server.dialog)
    append(server, remarks(1))
    expect(page.get_by_text(INVITATION)).to_be_visible()
    send(page, "hello again")
    expect(page.get_by_text(INVITATION)).to_be_hidden()


def test_a_prompt_needs_no_script(browser: Browser, server: Server) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(server.url)
    page.get_by_role("button", name="Show me a picture").click()
    expect(in_log(page, "Show me a picture")).to_have_count(1)
    expect(page.get_by_text(INVITATION)).to_be_hidden()
    page.close()
