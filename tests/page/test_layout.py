"""The layout of the chat: narrow, short and enlarged windows, forced colours, paper."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Server
from tests.page.steps import append, conversation, field, in_log, open_chat, open_panel

WIDTHS = (320, 385, 390, 410, 480, 560, 768, 960, 1000, 1040, 1280)


def box(locator: Locator) -> dict[str, float]:
    """Return the x, y, width and height of an element that is visible."""
    found = locator.bounding_box()
    assert found
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def test_no_label_of_the_controls_is_cut_or_wrapped(page: Page, server: Server) -> None:
    open_chat(page, f"{server.url}/?delivery=events")  # the method with the longest title
    server.say("hello")  # gives the method a delay to show
    expect(in_log(page, "hello")).to_have_count(1)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for selector in ("#panel-button", "#panel-button > span:visible", ".switch"):
            for label in page.locator(selector).all():
                assert label.evaluate("(it) => it.scrollWidth <= it.clientWidth"), width
                line = label.evaluate("(it) => parseFloat(getComputedStyle(it).lineHeight)")
                assert box(label)["height"] < 2 * line, width
        for selector in ("html", ".top"):
            overflow = page.locator(selector).evaluate("(it) => it.scrollWidth - it.clientWidth")
            assert overflow == 0, width


@pytest.mark.parametrize("width", [320, 390, 1024, 1440])
def test_pictures_neither_overlap_nor_leave_their_tiles(
    page: Page, server: Server, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(server.url)
    for tile in page.locator(".tile").all():
        assert box(tile.locator("a")) == pytest.approx(box(tile), abs=0.5)
    vertical = "(it) => it.scrollHeight - it.clientHeight"
    assert page.locator(".tiles").evaluate(vertical) == 0
    assert page.locator(".gallery").evaluate("(it) => it.scrollWidth - it.clientWidth") == 0


@pytest.mark.parametrize("width", [390, 960, 1440])
def test_the_chat_takes_most_of_the_window(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    open_chat(page, server.url)
    chat, gallery = box(page.locator(".chat")), box(page.locator(".gallery"))
    assert chat["width"] * chat["height"] > 2 * gallery["width"] * gallery["height"]


@pytest.mark.parametrize(
    ("width", "height"), [(320, 568), (390, 844), (640, 360), (844, 390), (720, 450)]
)
def test_an_open_panel_leaves_the_chat_usable(
    page: Page, server: Server, width: int, height: int
) -> None:
    append(server, conversation(30))
    page.set_viewport_size({"width": width, "height": height})
    open_chat(page, server.url)
    expect(page.locator("#status")).to_be_in_viewport(ratio=1)
    open_panel(page)
    expect(field(page)).to_be_in_viewport(ratio=1)
    assert box(page.locator("#scroller"))["height"] > 100
    assert box(page.locator("#panel"))["height"] > 100
    expect(in_log(page, "line 29.")).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (844, 390), (1440, 900)])
def test_a_picture_is_whole_in_the_lightbox(
    page: Page, server: Server, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(server.url)
    page.locator(".tile a").first.evaluate("(link) => link.click()")
    picture = page.locator(".stage img")
    picture.evaluate("(image) => image.decode()")
    expect(picture).to_be_in_viewport(ratio=1)
    shown, caption = box(picture), box(page.locator(".stage figcaption"))
    assert shown["y"] + shown["height"] <= caption["y"]
    assert shown["width"] / shown["height"] == pytest.approx(4 / 3, abs=0.02)


def test_the_switch_is_visible_in_forced_colours(page: Page, server: Server) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.goto(server.url)
    switch = page.get_by_label("Robot remarks")
    positions = []
    for checked in (True, False):
        switch.set_checked(checked)
        image = Image.open(BytesIO(switch.screenshot())).convert("L")
        # The middle row of the switch: the knob differs from the rest, and has moved.
        row = [image.getpixel((x, image.height // 2)) for x in range(4, image.width - 4)]
        assert len(set(row)) > 1
        positions.append(row)
    assert positions[0] != positions[1]


def test_the_whole_log_is_printed(page: Page, server: Server) -> None:
    append(server, conversation(50))
    open_chat(page, server.url)
    assert page.pdf().count(b"/Type /Page\n") > 2
    page.emulate_media(media="print")
    expect(page.locator(".composer")).to_be_hidden()
    expect(page.locator(".gallery")).to_be_hidden()
    scroller = page.locator("#scroller")
    assert scroller.evaluate("(it) => it.scrollHeight - it.clientHeight") == 0
