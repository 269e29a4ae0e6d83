"""The robot's remarks: folded into groups, and hidden on request."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import append, in_log, open_chat, remark, remarks

GROUP = ".remark-group"


def test_remarks_are_folded_into_one_line_with_a_count(page: Page, server: Server) -> None:
    append(server, [{"text": "a question"}, *remarks(40)])
    open_chat(page, server.url)
    expect(page.locator(GROUP)).to_have_count(1)
    expect(page.locator(f"{GROUP} .count")).to_have_text("40")
    expect(page.locator(".remark")).to_have_count(0)
    append(server, [remark("one more")])
    expect(page.locator(f"{GROUP} .count")).to_have_text("41")
    expect(page.locator(f"{GROUP} .latest")).to_have_text("one more")
    server.say("a message")
    append(server, [remark("after it")])
    expect(page.locator(f"{GROUP} .count")).to_have_text(["41", "1"])


def test_an_open_group_shows_its_remarks_page_by_page(page: Page, server: Server) -> None:
    append(server, [{"text": "a question"}, *remarks(120), {"text": "another"}])
    open_chat(page, server.url)
    expect(page.locator(f"{GROUP} .count")).to_have_text("120")
    page.locator(f"{GROUP} summary").click()
    shown = page.locator(".remark .text")
    expect(shown.last).to_have_text("remark 119.")
    expect(shown).to_have_count(50)
    earlier = page.get_by_role("button", name="Earlier remarks")
    earlier.click()
    expect(shown.last).to_have_text("remark 69.")
    earlier.click()
    expect(shown).to_have_text([f"remark {n}." for n in range(20)])
    expect(earlier).to_be_hidden()
    page.get_by_role("button", name="Newest remarks").click()
    expect(shown.last).to_have_text("remark 119.")


def test_a_new_remark_appears_in_an_open_group(page: Page, server: Server) -> None:
    append(server, remarks(3))
    open_chat(page, server.url)
    page.locator(f"{GROUP} summary").click()
    append(server, [remark("a new one")])
    expect(page.locator(".remark .text").last).to_have_text("a new one")


def test_remarks_stay_hidden_after_a_reload(page: Page, server: Server) -> None:
    append(server, [*remarks(3), {"text": "a message"}, *remarks(3)])
    open_chat(page, server.url)
    expect(page.locator(GROUP)).to_have_count(2)
    page.get_by_label("Robot remarks").uncheck()
    expect(page.locator(GROUP).first).to_be_hidden()
    expect(in_log(page, "a message")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Robot remarks")).not_to_be_checked()
    expect(page.locator(GROUP).first).to_be_hidden()
    page.get_by_label("Robot remarks").check()
    expect(page.locator(GROUP).first).to_be_visible()


@pytest.mark.own_profile
def test_a_choice_that_an_earlier_version_stored_is_kept(page: Page, server: Server) -> None:
    append(server, remarks(3))
    page.add_init_script("localStorage.setItem('one-file-chat.chatter', 'no')")
    open_chat(page, server.url)
    expect(page.get_by_label("Robot remarks")).not_to_be_checked()
    expect(page.locator(GROUP)).to_be_hidden()
