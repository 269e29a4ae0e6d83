"""Reading far back: no message is skipped, however the reader gets there."""

import json
import re

from playwright.sync_api import Page, Route, expect

from tests.conftest import Server
from tests.page.steps import append, conversation, in_log, open_chat, remark, remarks, texts_in_log

# Collects the numbers of the lines that were in view in any frame.
RECORD_LINES_IN_VIEW = """() => {
    window.linesInView = new Set();
    const scroller = document.getElementById("scroller");
    const record = () => {
        const view = scroller.getBoundingClientRect();
        for (const row of document.querySelectorAll("#log .message")) {
            const { top, bottom } = row.getBoundingClientRect();
            const text = row.querySelector(".text").textContent;
            if (bottom > view.top && top < view.bottom) linesInView.add(parseInt(text.slice(5)));
        }
        requestAnimationFrame(record);
    };
    record();
}"""


def numbers_in_log(page: Page) -> list[int]:
    return [int(text[5:-1]) for text in texts_in_log(page) if text.startswith("line")]


def expect_no_gap(page: Page) -> None:
    numbers = numbers_in_log(page)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_wheel_shows_every_message_back_to_the_first(page: Page, server: Server) -> None:
    count = 1000
    append(server, conversation(count))
    open_chat(page, server.url)
    page.evaluate(RECORD_LINES_IN_VIEW)
    page.locator("#scroller").hover()
    while 0 not in (seen := page.evaluate("() => [...linesInView]")):
        page.mouse.wheel(0, -300)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert page.locator("#log .message").count() < 400
    assert set(range(count)) - set(seen) == set()


def test_remarks_before_a_conversation_do_not_make_it_jump(page: Page, server: Server) -> None:
    append(server, [*conversation(700), *remarks(1200), {"text": "line 700."}])
    open_chat(page, server.url)
    page.locator("#scroller").press("Home")
    expect(in_log(page, "line 699.")).to_be_visible()
    while numbers_in_log(page)[0]:
        expect_no_gap(page)
        page.locator("#scroller").evaluate("(scroller) => (scroller.scrollTop = 0)")
    expect_no_gap(page)


def test_the_home_key_keeps_the_first_message_in_view(page: Page, server: Server) -> None:
    append(server, conversation(5000))
    open_chat(page, server.url)
    expect(page.get_by_text("Loading earlier messages")).to_have_count(0)
    first = numbers_in_log(page)[0]
    page.locator("#scroller").press("Home")
    expect(in_log(page, f"line {first - 1}.")).to_have_count(1)
    expect(in_log(page, f"line {first}.")).to_be_in_viewport()
    expect_no_gap(page)


def test_a_quote_leads_to_a_message_far_back(page: Page, server: Server) -> None:
    append(server, conversation(5000))
    answered = server.dialog.newest(200).messages[0]
    append(server, [*conversation(2500), remark("as you said", reply_to=answered.id)])
    open_chat(page, server.url)
    quote = in_log(page, "as you said").locator(".quote")
    expect(quote).to_contain_text("line 4800.")
    quote.click()
    row = page.locator(f'[id="m-{answered.id}"]')
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("line 4800.")
    expect_no_gap(page)
    page.go_back()
    expect(in_log(page, "as you said")).to_be_in_viewport()


def test_pages_without_messages_do_not_end_the_history(page: Page, server: Server) -> None:
    append(server, conversation(300))

    def answer(route: Route) -> None:
        """Give an empty page first, as if 1 MB of the file were not messages."""
        asked.append(route.request.url)
        if asked.count(route.request.url) > 1:
            route.continue_()
            return
        cursor = re.split("before=|after=|&", route.request.url)[1]
        empty = json.dumps({"messages": [], "next": cursor, "more": True})
        route.fulfill(body=empty, content_type="application/json")

    asked: list[str] = []
    page.route("**/messages?before=*", answer)
    page.route("**/messages?after=*limit*", answer)
    open_chat(page, server.url)
    message = server.dialog.newest(300).messages[17]
    page.goto(f"{server.url}/#m-{message.id}")
    page.reload()
    expect(in_log(page, "line 17.")).to_be_in_viewport()
    expect(page.get_by_text("This is the beginning")).to_have_count(1)
    expect_no_gap(page)
    page.locator("#jump").click()
    expect(in_log(page, "line 299.")).to_be_in_viewport()
