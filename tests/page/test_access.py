"""Phones, keyboards, screen readers; and what the page weighs."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server
from tests.page.steps import connected, remark, said, send, talk, write


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_page_fits(browser: Browser, server: Server, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 640})
    write(server, talk(20))
    server.say("a" * 500, author="A very long name for somebody to have")
    connected(page, f"{server.url}/?delivery=events")
    expect(page.locator("#status")).to_be_in_viewport()
    expect(page.get_by_label("Message", exact=True)).to_be_in_viewport()
    expect(page.locator(".tile").first).to_be_in_viewport()
    expect(said(page, "aaa")).to_be_in_viewport()
    page.get_by_role("button", name="Delivery").click()
    for place in ("html", "#scroller", "#panel"):
        over = page.locator(place).evaluate("(it) => it.scrollWidth - it.clientWidth")
        assert over == 0, place
    expect(page.get_by_label("Message", exact=True)).to_be_in_viewport(ratio=1)
    page.close()


def test_an_open_keyboard_leaves_the_field_in_view(browser: Browser, server: Server) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    write(server, talk(60))
    connected(page, server.url)
    page.set_viewport_size({"width": 390, "height": 380})
    expect(page.get_by_label("Message", exact=True)).to_be_in_viewport(ratio=1)
    expect(said(page, "line 59.")).to_be_in_viewport()
    page.close()


def test_each_action_is_reached_by_keyboard(page: Page, server: Server) -> None:
    write(server, [{"text": "hello"}, remark("hm")])
    connected(page, server.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.reload()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "() => { const it = document.activeElement; return it.id || it.name"
                " || it.className || it.tagName; }"
            )
        )
    wanted = {
        "remarks",
        "notify",
        "panel-button",
        "scroller",
        "SUMMARY",
        "author",
        "message",
        "send",
    }
    assert wanted <= reached
    page.get_by_role("button", name="Delivery").press("Enter")
    page.get_by_label("WebSocket").press("ArrowDown")
    expect(page.locator("#chip-method")).to_have_text("Server-sent events")


def test_a_screen_reader_hears_conversation_and_not_chatter(page: Page, server: Server) -> None:
    connected(page, server.url)
    write(server, [remark("just chatter")])
    send(page, "my own words")
    expect(said(page, "my own words")).to_have_count(1)
    server.say("good evening", author="Ann")
    spoken = page.get_by_role("log").locator("p")
    expect(spoken).to_have_text(["Ann: good evening"])
    live = page.locator("[aria-live], [role=log], [role=status], [role=alert]")
    for place in live.all():
        expect(place).not_to_contain_text("just chatter")


def test_a_screen_reader_is_not_flooded_after_sleep(page: Page, server: Server) -> None:
    connected(page, f"{server.url}/?delivery=polling")
    page.route("**/messages?after=*", lambda route: route.abort())
    write(server, talk(60))
    page.unroute_all()
    expect(page.get_by_role("log").locator("p").last).to_have_text("60 new messages")


def test_dark_and_light_follow_the_system(page: Page, server: Server) -> None:
    page.goto(server.url)
    shades = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shades.append(sum(map(int, re.findall(r"\d+", colour))))
    assert shades[0] > 600
    assert shades[1] < 150


def test_motion_is_reduced_on_request(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((it) => {
            const { transitionDuration: all } = getComputedStyle(it);
            return all.split(",").some((one) => parseFloat(one) > 0);
        }).length"""
    )
    assert moving == 0


def test_the_page_is_light(server: Server) -> None:
    write(server, talk(50))
    html = httpx.get(server.url).text
    parts = ["/", *re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', html)]
    assert len(parts) > 20
    total = 0
    for path in set(parts):
        with httpx.stream("GET", server.url + path, headers={"Accept-Encoding": "br"}) as answer:
            total += sum(map(len, answer.iter_raw()))
    assert total < 40_000


def test_what_is_sent_small_is_still_known_by_its_tag(server: Server) -> None:
    for path in ("/static/style.css", "/static/js/main.js", "/pictures"):
        for coding in ("br", "gzip", "identity"):
            first = httpx.get(server.url + path, headers={"Accept-Encoding": coding})
            assert first.status_code == 200
            assert "Accept-Encoding" in first.headers["Vary"]
            headers = {"Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]}
            assert httpx.get(server.url + path, headers=headers).status_code == 304
