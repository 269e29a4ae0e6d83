"""The search field: it jumps to what it finds, and says when it finds nothing."""

import re

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import append, conversation, in_log, open_chat, remark, remarks

STATUS = ".search-status"


def search(page: Page, text: str) -> None:
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("searchbox").fill(text)
    page.keyboard.press("Enter")


def test_enter_shows_older_matches_and_shift_enter_newer_ones(page: Page, server: Server) -> None:
    append(server, [{"text": "needle one"}, *conversation(600), {"text": "Needle two"}])
    append(server, [*conversation(600), {"text": "a needle, three"}, *conversation(20)])
    open_chat(page, server.url)
    search(page, "needle")
    expect(page.locator(STATUS)).to_contain_text("Match 1")
    expect(in_log(page, "a needle, three")).to_be_in_viewport()
    expect(in_log(page, "a needle, three")).to_have_class(re.compile("highlighted"))
    page.keyboard.press("Enter")
    expect(in_log(page, "Needle two")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(in_log(page, "needle one")).to_be_in_viewport()
    expect(page.locator(STATUS)).to_contain_text("Match 3")
    page.keyboard.press("Enter")
    expect(page.locator(STATUS)).to_have_text("No older matches.")
    page.keyboard.press("Shift+Enter")
    expect(in_log(page, "Needle two")).to_be_in_viewport()
    page.keyboard.press("Shift+Enter")
    expect(in_log(page, "a needle, three")).to_be_in_viewport()
    page.keyboard.press("Shift+Enter")
    expect(page.locator(STATUS)).to_have_text("No newer matches.")


def test_escape_closes_the_search(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    search(page, "anything")
    expect(page.locator(STATUS)).to_have_text("Nothing found.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_focused()


def test_a_match_among_remarks_opens_their_group(page: Page, server: Server) -> None:
    append(server, [*remarks(200), remark("the needle"), *remarks(200), {"text": "a message"}])
    open_chat(page, server.url)
    search(page, "needle")
    expect(page.locator(".remark", has_text="the needle")).to_be_in_viewport()


def test_hidden_remarks_are_not_found(page: Page, server: Server) -> None:
    append(server, [{"text": "my needle"}, remark("the needle"), {"text": "a message"}])
    open_chat(page, server.url)
    page.get_by_label("Robot remarks").uncheck()
    search(page, "needle")
    expect(in_log(page, "my needle")).to_have_class(re.compile("highlighted"))


def test_a_failed_search_can_be_repeated(page: Page, server: Server) -> None:
    server.say("a needle")
    open_chat(page, server.url)
    page.route("**/messages?search=*", lambda route: route.abort())
    search(page, "needle")
    expect(page.locator(STATUS)).to_have_text("The search failed. Try again.")
    page.unroute_all()
    page.get_by_role("button", name="Older match").click()
    expect(page.locator(STATUS)).to_contain_text("Match 1")


def test_a_search_goes_on_over_pages_without_matches(page: Page, server: Server) -> None:
    append(server, [{"text": "the needle"}, *({"text": "hay " * 400} for _ in range(3000))])
    open_chat(page, server.url)
    search(page, "needle")
    expect(in_log(page, "the needle")).to_be_in_viewport()
