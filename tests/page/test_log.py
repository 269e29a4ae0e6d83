"""The message log: what it shows, and reading back in a long dialog."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.messages import by_hand
from tests.page.steps import (
    append,
    conversation,
    in_log,
    load_earlier,
    open_chat,
    remark,
    remarks,
    send,
    texts_in_log,
)


def scroll_up(page: Page, pixels: int) -> None:
    scroller = page.locator("#scroller")
    scroller.evaluate("(scroller, by) => (scroller.scrollTop -= by)", pixels)
    expect(page.locator("#jump")).to_be_visible()
    expect(page.get_by_text("Loading earlier messages")).to_have_count(0)


def test_markup_in_a_message_is_shown_as_text_and_addresses_as_links(
    page: Page, server: Server
) -> None:
    server.say(
        "<b>bold</b> & <script>alert(1)</script>\nsee https://example.org/a?b=1.", author="<i>"
    )
    open_chat(page, server.url)
    server.say("https://example.org/later")
    expect(in_log(page, "<script>alert(1)</script>")).to_contain_text("<b>bold</b> &")
    expect(page.locator("#log .text b, #log .text script, #log .author i")).to_have_count(0)
    links = page.locator("#log .text a")
    expect(links.first).to_have_attribute("href", "https://example.org/a?b=1")
    expect(links.last).to_have_attribute("href", "https://example.org/later")


def test_a_reply_shows_what_it_answers_and_links_to_it(page: Page, server: Server) -> None:
    question = server.say("what is a cursor?", author="Ann")
    append(server, conversation(60))
    append(server, [remark("A position in the dialog.", reply_to=question["id"])])
    open_chat(page, server.url)
    quote = in_log(page, "A position in the dialog.").locator(".quote")
    expect(quote).to_have_text(re.compile("Ann.*what is a cursor?"))
    quote.click()
    expect(in_log(page, "what is a cursor?").first).to_be_in_viewport()


def test_days_are_separated_and_times_are_local(page: Page, server: Server) -> None:
    append(
        server,
        [
            {"text": "last year", "time": "2025-12-31T14:30:00.000Z"},
            {"text": "this year", "time": "2025-12-31T15:30:00.000Z"},
            {"text": "the day before", "time": "2026-02-28T15:30:00.000Z"},
            {"text": "late", "time": "2026-03-01T23:30:00.000Z"},
            {"text": "early", "time": "2026-03-02T00:30:00.000Z"},
            {"text": "without a time"},
        ],
    )
    page.clock.set_fixed_time("2026-03-02T12:00:00+09:00")  # the browser is in Tokyo
    open_chat(page, server.url)
    rows = page.locator("#log .message")
    expect(rows).to_have_count(6)
    days = ["Wednesday, December 31, 2025", "Thursday, January 1", "Yesterday", "Today"]
    for row, day in enumerate(days):
        expect(rows.nth(row)).to_have_attribute("data-day", day)
    assert rows.nth(4).get_attribute("data-day") is None
    expect(rows.nth(3).locator("time")).to_have_text("8:30 AM")
    expect(rows.nth(3).locator("time")).to_have_attribute("title", re.compile("2026.*8:30:00"))


def test_the_page_opens_at_the_newest_message(page: Page, server: Server) -> None:
    append(server, conversation(300))
    open_chat(page, server.url)
    expect(in_log(page, "line 299.")).to_be_in_viewport()
    expect(page.locator("#jump")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1440])
def test_only_the_log_scrolls_and_not_the_page(page: Page, server: Server, width: int) -> None:
    append(server, [line for n in range(25) for line in ({"text": f"line {n}."}, remark("hm"))])
    page.set_viewport_size({"width": width, "height": 800})
    open_chat(page, server.url)
    expect(page.locator(".remark-group")).to_have_count(25)
    assert page.evaluate("document.documentElement.scrollHeight") == 800


def test_only_the_newest_messages_of_a_long_dialog_are_rendered(page: Page, server: Server) -> None:
    by_hand(server.dialog, *({"text": f"line {number}."} for number in range(100_000)))
    open_chat(page, server.url)
    expect(in_log(page, "line 99999.")).to_be_in_viewport()
    assert page.locator("#log .message").count() < 300


def test_the_page_does_not_grow_with_delivered_messages(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    append(server, conversation(1000))
    expect(in_log(page, "line 999.")).to_be_in_viewport()
    assert page.locator("#log > *").count() <= 200
    append(server, remarks(3000))
    expect(page.locator(".remark-group .count")).to_have_text("3,000")
    assert page.evaluate("document.querySelectorAll('*').length") < 4000


def test_new_messages_do_not_move_older_ones_in_view(page: Page, server: Server) -> None:
    append(server, conversation(300))
    open_chat(page, server.url)
    scroll_up(page, 900)
    row = page.locator("#log .message", has_text="line 28").first
    position = row.bounding_box()
    for n in range(3):
        server.say(f"news {n}")
    append(server, [remark("a remark does not count as new")])
    expect(page.get_by_role("button", name="3 new")).to_be_visible()
    assert row.bounding_box() == position
    page.get_by_role("button", name="3 new").click()
    expect(in_log(page, "news 2")).to_be_in_viewport()
    expect(page.locator("#jump")).to_be_hidden()


def test_new_messages_arrive_while_the_view_is_just_above_the_end(
    page: Page, server: Server
) -> None:
    append(server, conversation(50))
    open_chat(page, server.url)
    append(server, [{"text": f"more {n}."} for n in range(400)])
    expect(in_log(page, "more 399.")).to_be_in_viewport()
    scroll_up(page, 200)
    server.say("news")
    expect(in_log(page, "news")).to_have_count(1)
    expect(page.get_by_role("button", name="1 new")).to_be_visible()


def test_earlier_messages_load_back_to_the_first_and_nothing_jumps(
    page: Page, server: Server
) -> None:
    append(server, conversation(700))
    open_chat(page, server.url)
    scroller = page.locator("#scroller")
    while not page.get_by_text("This is the beginning").is_visible():
        scroller.evaluate("(scroller) => (scroller.scrollTop = 300)")
        id_in_view = page.evaluate(
            "() => document.elementFromPoint(innerWidth - 200, 400).closest('.message')?.dataset.id"
        )
        if id_in_view:
            row = page.locator(f'[data-id="{id_in_view}"]')
            before = row.bounding_box()
            expect(page.get_by_text("Loading earlier messages")).to_have_count(0)
            after = row.bounding_box()
            assert before
            assert after
            assert abs(after["y"] - before["y"]) < 1  # rows are not whole pixels high
        load_earlier(page)
        assert page.locator("#log .message").count() <= 300
    expect(in_log(page, "line 0.")).to_have_count(1)


def test_scrolling_down_from_the_first_message_reaches_the_newest(
    page: Page, server: Server
) -> None:
    append(server, conversation(600))
    open_chat(page, server.url)
    while in_log(page, "line 0.").count() == 0:
        load_earlier(page)
    expect(in_log(page, "line 599.")).to_have_count(0)
    server.say("sent meanwhile")
    seen: set[int] = set()
    while not in_log(page, "sent meanwhile").count():
        numbers = [int(text[5:-1]) for text in texts_in_log(page) if text.startswith("line")]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        seen.update(numbers)
        page.locator("#scroller").evaluate(
            "(scroller) => (scroller.scrollTop = scroller.scrollHeight)"
        )
    assert seen >= set(range(500))
    server.say("and one more")
    expect(in_log(page, "and one more")).to_have_count(1)
    expect(in_log(page, "sent meanwhile")).to_have_count(1)


def test_sending_while_reading_older_messages_jumps_to_the_newest(
    page: Page, server: Server
) -> None:
    append(server, conversation(600))
    open_chat(page, server.url)
    while in_log(page, "line 0.").count() == 0:
        load_earlier(page)
    send(page, "here I am")
    expect(in_log(page, "here I am")).to_have_count(1)
    expect(in_log(page, "here I am")).to_be_in_viewport()
    expect(in_log(page, "line 599.")).to_have_count(1)
