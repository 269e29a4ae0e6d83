"""Reading a chat in which somebody speaks every second, and scrolling back in it."""

import re

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import connected, remark, remarks, said, send, talk, write


def test_remarks_fold_into_one_line_that_counts_up(page: Page, server: Server) -> None:
    write(server, [{"text": "a question"}, *remarks(40)])
    connected(page, server.url)
    expect(page.locator(".remark-group")).to_have_count(1)
    expect(page.locator(".remark-group .count")).to_have_text("40")
    expect(page.locator(".remark")).to_have_count(0)
    write(server, [remark("one more")])
    expect(page.locator(".remark-group .count")).to_have_text("41")
    expect(page.locator(".remark-group .latest")).to_have_text("one more")
    server.say("something said")
    write(server, [remark("after it")])
    expect(page.locator(".remark-group .count")).to_have_text(["41", "1"])


def test_a_run_opens_and_shows_all_its_remarks_page_by_page(page: Page, server: Server) -> None:
    write(server, [{"text": "a question"}, *remarks(120), {"text": "another"}])
    connected(page, server.url)
    expect(page.locator(".remark-group .count")).to_have_text("120")
    page.locator(".remark-group summary").click()
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


def test_an_open_run_goes_on(page: Page, server: Server) -> None:
    write(server, remarks(3))
    connected(page, server.url)
    page.locator(".remark-group summary").click()
    write(server, [remark("a fresh one")])
    expect(page.locator(".remark .text").last).to_have_text("a fresh one")


def test_conversation_only_is_remembered(page: Page, server: Server) -> None:
    write(server, [*remarks(3), {"text": "said by somebody"}, *remarks(3)])
    connected(page, server.url)
    expect(page.locator(".remark-group")).to_have_count(2)
    page.get_by_label("Robot remarks").uncheck()
    expect(page.locator(".remark-group").first).to_be_hidden()
    expect(said(page, "said by somebody")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Robot remarks")).not_to_be_checked()
    expect(page.locator(".remark-group").first).to_be_hidden()
    page.get_by_label("Robot remarks").check()
    expect(page.locator(".remark-group").first).to_be_visible()


def test_a_reply_shows_what_it_answers_and_leads_there(page: Page, server: Server) -> None:
    question = server.say("what is a cursor?", author="Ann")
    write(server, talk(60))
    reply = remark("A place in the dialog.", reply_to=question["id"])
    write(server, [reply])
    connected(page, server.url)
    row = said(page, "A place in the dialog.")
    expect(row.locator(".quote")).to_have_text(re.compile("Ann.*what is a cursor?"))
    row.locator(".quote").click()
    expect(said(page, "what is a cursor?").first).to_be_in_viewport()


def test_the_page_opens_at_the_newest(page: Page, server: Server) -> None:
    write(server, talk(300))
    connected(page, server.url)
    expect(said(page, "line 299.")).to_be_in_viewport()
    expect(page.locator("#jump")).to_be_hidden()


def test_what_is_being_read_stays_where_it_is(page: Page, server: Server) -> None:
    write(server, talk(300))
    connected(page, server.url)
    scroll_up(page, 900)
    row = page.locator("#log .message", has_text="line 28").first
    stood = row.bounding_box()
    for n in range(3):
        server.say(f"news {n}")
    write(server, [remark("that does not count")])
    expect(page.get_by_role("button", name="3 new")).to_be_visible()
    assert row.bounding_box() == stood
    page.get_by_role("button", name="3 new").click()
    expect(said(page, "news 2")).to_be_in_viewport()
    expect(page.locator("#jump")).to_be_hidden()


def test_close_above_the_end_of_a_long_log_new_messages_still_come(
    page: Page, server: Server
) -> None:
    write(server, talk(50))
    connected(page, server.url)
    write(server, [{"text": f"more {n}."} for n in range(400)])
    expect(said(page, "more 399.")).to_be_in_viewport()
    scroll_up(page, 200)
    server.say("news")
    expect(said(page, "news")).to_have_count(1)
    expect(page.get_by_role("button", name="1 new")).to_be_visible()


def test_older_messages_load_to_the_very_first_without_a_jump(page: Page, server: Server) -> None:
    write(server, talk(700))
    connected(page, server.url)
    scroller = page.locator("#scroller")
    while not page.get_by_text("Here the dialog begins").is_visible():
        scroller.evaluate("(scroller) => (scroller.scrollTop = 300)")
        # Whatever loads above, the rows in view stay where they are.
        row = page.evaluate(
            "() => document.elementFromPoint(innerWidth - 200, 400).closest('.message')?.dataset.id"
        )
        if row:
            place = f'[data-id="{row}"]'
            stood = page.locator(place).bounding_box()
            expect(page.get_by_text("Loading earlier messages")).to_have_count(0)
            stands = page.locator(place).bounding_box()
            assert stood
            assert stands
            assert abs(stands["y"] - stood["y"]) < 1  # rows with a time are no whole pixels high
        scroller.evaluate("(scroller) => (scroller.scrollTop = 0)")
        expect(page.get_by_text("Loading earlier messages")).to_have_count(0)
        assert page.locator("#log .message").count() <= 300
    expect(said(page, "line 0.")).to_have_count(1)


def test_reading_on_from_the_first_arrives_at_the_newest(page: Page, server: Server) -> None:
    write(server, talk(600))
    connected(page, server.url)
    scroller = page.locator("#scroller")
    while said(page, "line 0.").count() == 0:
        scroller.evaluate("(scroller) => (scroller.scrollTop = 0)")
        expect(page.get_by_text("Loading earlier messages")).to_have_count(0)
    expect(said(page, "line 599.")).to_have_count(0)
    server.say("said meanwhile")
    seen: set[int] = set()
    while not said(page, "said meanwhile").count():
        texts = page.locator("#log .text").all_text_contents()
        numbers = [int(text[5:-1]) for text in texts if text.startswith("line")]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        seen.update(numbers)
        scroller.evaluate("(scroller) => (scroller.scrollTop = scroller.scrollHeight)")
    assert seen >= set(range(500))
    server.say("and one more")
    expect(said(page, "and one more")).to_have_count(1)
    expect(said(page, "said meanwhile")).to_have_count(1)


def test_sending_while_reading_older_messages_leads_to_the_newest(
    page: Page, server: Server
) -> None:
    write(server, talk(600))
    connected(page, server.url)
    while said(page, "line 0.").count() == 0:
        page.locator("#scroller").evaluate("(scroller) => (scroller.scrollTop = 0)")
        expect(page.get_by_text("Loading earlier messages")).to_have_count(0)
    send(page, "here I am")
    expect(said(page, "here I am")).to_have_count(1)
    expect(said(page, "here I am")).to_be_in_viewport()
    expect(said(page, "line 599.")).to_have_count(1)


def test_the_page_does_not_grow_with_what_is_delivered(page: Page, server: Server) -> None:
    connected(page, server.url)
    write(server, talk(1000))
    expect(said(page, "line 999.")).to_be_in_viewport()
    assert page.locator("#log > *").count() <= 200
    write(server, remarks(3000))
    expect(page.locator(".remark-group .count")).to_have_text("3,000")
    assert page.evaluate("document.querySelectorAll('*').length") < 4000


def test_days_are_set_apart_and_times_are_the_readers_own(page: Page, server: Server) -> None:
    write(
        server,
        [
            {"text": "late", "time": "2026-03-01T23:30:00.000Z"},
            {"text": "early", "time": "2026-03-02T00:30:00.000Z"},
            {"text": "no time at all"},
        ],
    )
    connected(page, server.url)
    shown = page.locator("#log .message")
    expect(shown).to_have_count(3)
    # This browser is in Tokyo: both are on the second of March there.
    expect(shown.nth(0)).to_have_attribute("data-day", "Monday, March 2")
    assert shown.nth(1).get_attribute("data-day") is None
    expect(shown.nth(0).locator("time")).to_have_text("8:30 AM")
    expect(shown.nth(0).locator("time")).to_have_attribute("title", re.compile("2026.*8:30:00"))


def scroll_up(page: Page, pixels: int) -> None:
    scroller = page.locator("#scroller")
    scroller.evaluate("(scroller, by) => (scroller.scrollTop -= by)", pixels)
    expect(page.locator("#jump")).to_be_visible()
    expect(page.get_by_text("Loading earlier messages")).to_have_count(0)
