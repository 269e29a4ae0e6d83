"""The field that leads to the first message of a day. The browser is in Tokyo."""

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import append, in_log, open_chat, remark


def go_to(page: Page, day: str) -> None:
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_label("Go to").fill(day)


def test_a_day_leads_to_its_first_message(page: Page, server: Server) -> None:
    append(
        server,
        [
            {"text": f"day {day}, {n}.", "time": f"2026-03-{day:02}T{n % 24:02}:00:00.000Z"}
            for day in range(1, 29)
            for n in range(24)
        ],
    )
    page.clock.set_fixed_time("2026-04-01T12:00:00+09:00")
    open_chat(page, server.url)
    go_to(page, "2026-03-05")
    row = in_log(page, "day 4, 15.")  # midnight in Tokyo
    expect(row).to_be_in_viewport()
    expect(row).to_have_attribute("data-day", "Thursday, March 5")


def test_a_day_that_starts_with_remarks_shows_their_group_closed(
    page: Page, server: Server
) -> None:
    append(server, [{"text": f"line {n}.", "time": "2026-03-01T12:00:00.000Z"} for n in range(300)])
    append(server, [remark(f"hm {n}", time="2026-03-05T12:00:00.000Z") for n in range(300)])
    append(
        server, [{"text": f"later {n}.", "time": "2026-03-06T12:00:00.000Z"} for n in range(300)]
    )
    open_chat(page, server.url)
    go_to(page, "2026-03-05")
    expect(page.locator(".remark-group.highlighted")).to_be_in_viewport()
    expect(page.locator(".remark")).to_have_count(0)


def test_a_day_after_all_messages_says_so(page: Page, server: Server) -> None:
    server.say("hello")
    open_chat(page, server.url)
    go_to(page, "2999-01-01")
    expect(page.locator(".search-status")).to_have_text("There is nothing from that day on.")
