"""Phones, keyboards, screen readers, and the settings of the reader's system."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import (
    append,
    conversation,
    field,
    in_log,
    open_chat,
    open_panel,
    remark,
    send,
    stop_delivery,
)


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_page_fits_a_narrow_screen(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    append(server, conversation(20))
    server.say("a" * 500, author="A very long name for somebody to have")
    open_chat(page, f"{server.url}/?delivery=events")
    expect(page.locator("#status")).to_be_in_viewport()
    expect(field(page)).to_be_in_viewport()
    expect(page.locator(".tile").first).to_be_in_viewport()
    expect(in_log(page, "aaa")).to_be_in_viewport()
    open_panel(page)
    for selector in ("html", "#scroller", "#panel"):
        overflow = page.locator(selector).evaluate("(it) => it.scrollWidth - it.clientWidth")
        assert overflow == 0, selector
    expect(field(page)).to_be_in_viewport(ratio=1)


def test_an_open_keyboard_leaves_the_field_in_view(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    append(server, conversation(60))
    open_chat(page, server.url)
    page.set_viewport_size({"width": 390, "height": 380})
    expect(field(page)).to_be_in_viewport(ratio=1)
    expect(in_log(page, "line 59.")).to_be_in_viewport()


def test_every_control_can_be_used_with_the_keyboard(page: Page, server: Server) -> None:
    append(server, [{"text": "hello"}, remark("hm")])
    open_chat(page, server.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    page.reload()
    focused = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        focused.add(
            page.evaluate(
                "() => { const it = document.activeElement; return it.id || it.name"
                " || it.className || it.tagName; }"
            )
        )
    controls = {"remarks", "notify", "panel-button", "scroller", "SUMMARY", "author", "message"}
    assert controls | {"send"} <= focused
    page.get_by_role("button", name="Delivery").press("Enter")
    page.get_by_label("WebSocket").press("ArrowDown")
    expect(page.locator("#chip-method")).to_have_text("Server-sent events")


def test_a_screen_reader_announces_messages_but_not_remarks(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    append(server, [remark("just a remark")])
    send(page, "my own words")
    expect(in_log(page, "my own words")).to_have_count(1)
    server.say("good evening", author="Ann")
    announced = page.get_by_role("log").locator("p")
    expect(announced).to_have_text(["Ann: good evening"])
    regions = page.locator("[aria-live], [role=log], [role=status], [role=alert]")
    for region in regions.all():
        expect(region).not_to_contain_text("just a remark")


def test_a_screen_reader_announces_only_the_number_of_many_messages(
    page: Page, server: Server
) -> None:
    open_chat(page, f"{server.url}/?delivery=polling")
    stop_delivery(page)
    append(server, conversation(60))
    page.unroute_all()
    expect(page.get_by_role("log").locator("p").last).to_have_text("60 new messages")


def test_the_colour_scheme_follows_the_system(page: Page, server: Server) -> None:
    page.goto(server.url)
    brightness = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness.append(sum(map(int, re.findall(r"\d+", colour))))
    assert brightness[0] > 600
    assert brightness[1] < 150


def test_reduced_motion_stops_all_transitions(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((element) => {
            const { transitionDuration } = getComputedStyle(element);
            return transitionDuration.split(",").some((duration) => parseFloat(duration) > 0);
        }).length"""
    )
    assert moving == 0
