"""The end of the log stays in view after the reader's own messages."""

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import append, conversation, field, in_log, open_chat, remark, send

PIXELS_BELOW = """(scroller) =>
    scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop"""


def expect_end(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.locator("#scroller").evaluate(PIXELS_BELOW) < 2
    expect(page.locator("#jump")).to_be_hidden()


def test_own_tall_messages_end_at_the_bottom_while_the_robot_writes(
    page: Page, server: Server
) -> None:
    append(server, conversation(60))
    open_chat(page, server.url)
    for n in range(15):
        field(page).fill(f"number {n}.\n" + "one more line\n" * 8)
        page.keyboard.press("Enter")
        append(server, [remark(f"a remark {n}"), {"text": f"from another {n}."}])
        expect(in_log(page, f"number {n}.")).to_have_count(1)
        expect(in_log(page, f"from another {n}.")).to_have_count(1)
        expect_end(page)


def test_a_scroll_event_after_a_row_grew_does_not_leave_the_end(page: Page, server: Server) -> None:
    append(server, conversation(60))
    open_chat(page, server.url)
    expect(page.get_by_text("Loading earlier messages")).to_have_count(0)
    page.evaluate(
        """() => {
            const row = document.createElement("li");
            row.style.height = "300px";
            document.getElementById("outbox").append(row);
            document.getElementById("scroller").dispatchEvent(new Event("scroll"));
        }"""
    )
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.locator("#scroller").evaluate(PIXELS_BELOW) < 2
    server.say("news")
    expect(in_log(page, "news")).to_be_in_viewport()


def test_sending_from_the_history_ends_at_the_bottom(page: Page, server: Server) -> None:
    append(server, conversation(600))
    open_chat(page, server.url)
    page.locator("#scroller").evaluate("(scroller) => (scroller.scrollTop = 0)")
    expect(page.locator("#jump")).to_be_visible()
    send(page, "here\n" * 10)
    append(server, [remark("a remark")])
    expect(in_log(page, "here")).to_have_count(1)
    expect(page.locator("#jump")).to_be_hidden()
    expect_end(page)
