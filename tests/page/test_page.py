"""The page in a real browser: reading, writing, and the four ways in which messages come."""

import re
from contextlib import suppress
from subprocess import Popen

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.conftest import Server
from tests.messages import by_hand, emptied
from tests.page.steps import connected, said, send
from tests.waiting import until

DELIVERY_METHODS = ["websocket", "events", "long-polling", "polling"]


@pytest.mark.parametrize("way", DELIVERY_METHODS)
def test_a_message_is_answered_in_each_way(
    page: Page, server: Server, robot: Popen[str], way: str
) -> None:
    connected(page, f"{server.url}/?delivery={way}")
    page.get_by_role("button", name="Delivery").click()
    expect(page.locator(f".method[data-method={way}]")).to_have_class(re.compile("current"))
    send(page, "hello robot")
    reply = page.locator('#log [data-role="robot"]:not([data-reply-to=""])')
    expect(reply).to_have_count(1)
    expect(said(page, "hello robot").first).to_have_class(re.compile("mine"))


def test_without_a_script_the_page_shows_sends_and_answers(
    browser: Browser,
    server: Server,
    robot: Popen[str],
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(server.url)
    page.get_by_label("Your name").fill("Ann")
    page.get_by_label("Message", exact=True).fill("hello robot")
    page.get_by_role("button", name="Send").click()
    expect(said(page, "hello robot").first).to_contain_text("Ann")
    reply = page.locator('#log [data-role="robot"]:not([data-reply-to=""])')
    while not reply.count():
        page.get_by_role("link", name="Load new messages").click()
    page.close()


def test_without_a_script_a_blank_message_is_refused_beside_the_field(
    browser: Browser,
    server: Server,
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(server.url)
    page.get_by_label("Message", exact=True).fill("   ")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("empty")
    expect(page.get_by_label("Message", exact=True)).to_have_value("   ")
    page.close()


def test_sending_keeps_the_focus_and_empties_the_field(page: Page, server: Server) -> None:
    connected(page, server.url)
    page.get_by_label("Message", exact=True).fill("one")
    page.get_by_role("button", name="Send").click()
    expect(said(page, "one")).to_have_count(1)
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    expect(page.get_by_label("Message", exact=True)).to_have_value("")


def test_a_blank_message_is_refused_beside_the_field(page: Page, server: Server) -> None:
    connected(page, server.url)
    send(page, "  \n ")
    expect(page.get_by_role("alert")).to_contain_text("empty")


def test_a_refused_message_comes_back_with_the_reason(page: Page, server: Server) -> None:
    connected(page, server.url)
    send(page, "x" * 2001)
    expect(page.get_by_role("alert")).to_contain_text("2,001")
    expect(page.get_by_label("Message", exact=True)).to_have_value("x" * 2001)


def test_a_change_in_mid_stream_loses_and_repeats_nothing(page: Page, server: Server) -> None:
    connected(page, server.url)
    page.get_by_role("button", name="Delivery").click()
    for number, way in enumerate([*DELIVERY_METHODS, *reversed(DELIVERY_METHODS)]):
        server.say(f"before {number}.")
        page.locator(f"input[value={way}]").check()
        server.say(f"after {number}.")
        expect(said(page, f"after {number}.")).to_have_count(1)
    texts = page.locator("#log .text").all_text_contents()
    assert texts == [f"{when} {number}." for number in range(8) for when in ("before", "after")]


def test_a_message_between_rendering_and_the_first_request_is_shown(
    page: Page, server: Server
) -> None:
    def say_and_go_on(route: Route) -> None:
        server.say("in between")
        route.continue_()

    page.route("**/main.js", say_and_go_on)
    page.goto(server.url)
    expect(said(page, "in between")).to_have_count(1)


def test_a_way_that_is_not_to_be_had_gives_way_to_the_next(page: Page, server: Server) -> None:
    page.route("**/messages/events*", lambda route: route.abort())
    page.route("**/messages/wait*", lambda route: route.fulfill(status=404))
    connected(page, f"{server.url}/?delivery=events")
    page.get_by_role("button", name="Delivery").click()
    expect(page.get_by_role("status")).to_contain_text("Polling takes its place")
    expect(page.locator("input[value=events]")).to_be_checked()
    server.say("still here")
    expect(said(page, "still here")).to_have_count(1)


def test_a_lost_connection_is_shown_and_comes_back(page: Page, server: Server) -> None:
    connected(page, f"{server.url}/?delivery=long-polling")
    page.route("**/messages*", lambda route: route.abort())
    page.route("**/messages/**", lambda route: route.abort())
    server.say("ends the wait that is open")
    expect(page.locator("#status")).to_contain_text("Reconnecting in")
    server.say("said meanwhile")
    page.unroute_all()
    expect(said(page, "said meanwhile")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("Connected")


def test_a_replaced_dialog_is_loaded_anew(page: Page, server: Server) -> None:
    server.say("the old one")
    connected(page, server.url)
    expect(said(page, "the old one")).to_have_count(1)
    emptied(server.dialog)
    server.say("the new one")
    expect(said(page, "the new one")).to_have_count(1)
    expect(said(page, "the old one")).to_have_count(0)


def test_what_people_write_is_shown_as_they_wrote_it(page: Page, server: Server) -> None:
    server.say(
        "<b>bold</b> & <script>alert(1)</script>\nsee https://example.org/a?b=1.", author="<i>"
    )
    connected(page, server.url)
    server.say("https://example.org/later")
    expect(said(page, "<script>alert(1)</script>")).to_contain_text("<b>bold</b> &")
    expect(page.locator("#log .text b, #log .text script, #log .author i")).to_have_count(0)
    links = page.locator("#log .text a")
    expect(links.first).to_have_attribute("href", "https://example.org/a?b=1")
    expect(links.last).to_have_attribute("href", "https://example.org/later")


def test_only_the_newest_of_a_long_dialog_are_drawn(page: Page, server: Server) -> None:
    by_hand(server.dialog, *({"text": f"line {number}."} for number in range(100_000)))
    connected(page, server.url)
    expect(said(page, "line 99999.")).to_be_in_viewport()
    assert page.locator("#log .message").count() < 300


def test_each_picture_of_the_gallery_is_there(page: Page, server: Server) -> None:
    page.goto(server.url)
    images = page.locator(".tile img")
    assert images.count()
    for image in images.all():
        assert image.get_attribute("alt")
        address = str(image.get_attribute("src"))
        assert httpx.get(server.url + address).headers["Content-Type"].startswith("image/")


def test_06_an_older_request_that_ends_last_takes_the_page_nowhere_back(
    page: Page, server: Server
) -> None:
    held: list[Route] = []
    page.route("**/messages?after=*", lambda route: held.append(route))  # noqa: PLW0108
    page.goto(f"{server.url}/?delivery=polling")
    until(lambda: bool(page.evaluate("1") and held))  # polling has asked, and hears nothing
    server.say("first.")
    page.get_by_role("button", name="Delivery").click()
    page.locator("input[value=websocket]").check()
    expect(said(page, "first.")).to_have_count(1)
    server.say("second.")
    expect(said(page, "second.")).to_have_count(1)
    with suppress(Error):  # the page may have given it up already
        held[0].fulfill(response=held[0].fetch())
    server.say("third.")
    expect(said(page, "third.")).to_have_count(1)
    texts = page.locator("#log .text").all_text_contents()
    assert texts == ["first.", "second.", "third."]
