"""The hard cases that only a browser shows, by their numbers in docs/hard_cases.md."""

from contextlib import suppress

from playwright.sync_api import Error, Page, Route, expect

from tests.conftest import Server
from tests.page.steps import in_log, open_panel, texts_in_log
from tests.waiting import until


def test_06_a_late_response_to_an_old_request_changes_nothing(page: Page, server: Server) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/messages?after=*", hold)
    page.goto(f"{server.url}/?delivery=polling")
    until(lambda: bool(page.evaluate("1") and held))  # polling waits for its response
    server.say("first.")
    open_panel(page)
    page.locator("input[value=websocket]").check()
    expect(in_log(page, "first.")).to_have_count(1)
    server.say("second.")
    expect(in_log(page, "second.")).to_have_count(1)
    with suppress(Error):  # the page may have cancelled the request
        held[0].fulfill(response=held[0].fetch())
    server.say("third.")
    expect(in_log(page, "third.")).to_have_count(1)
    assert texts_in_log(page) == ["first.", "second.", "third."]
