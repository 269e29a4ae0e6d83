"""The gallery, the lightbox, pictures in messages, and thumbnails."""

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from dialog import FileStore
from tests.conftest import Server
from tests.page.steps import in_log, open_chat, send
from web.app import create_app

COLOURS = {"amber": "orange", "blue-hour": "navy", "coral": "salmon", "dew": "teal", "elm": "green"}


def paint(folder: Path, name: str, colour: str) -> None:
    """Add a picture to the folder at once, so that the gallery never reads half of one."""
    Image.new("RGB", (1600, 1200), colour).save(folder / "unfinished", "WEBP")
    (folder / "unfinished").rename(folder / f"{name}.webp")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "img"
    folder.mkdir()
    for name, colour in COLOURS.items():
        paint(folder, name, colour)
    (folder / "captions.toml").write_text(
        '["amber.webp"]\ntitle = "Amber glow"\ncaption = "Resin, long ago."\nalt = "All orange"\n'
    )
    return folder


@pytest.fixture
def url(tmp_path: Path, folder: Path) -> Iterator[str]:
    """The URL of Flask alone, which offers only polling, with the pictures in `folder`."""
    app = create_app(FileStore(tmp_path / "dialog.jsonl"), images=folder)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_flask_alone_serves_the_page_and_polling(page: Page, url: str) -> None:
    open_chat(page, url)
    expect(page.locator("#chip-method")).to_have_text("Polling")
    send(page, "hello")
    expect(in_log(page, "hello")).to_have_count(1)


def test_every_picture_has_a_description_and_loads(page: Page, server: Server) -> None:
    page.goto(server.url)
    images = page.locator(".tile img")
    assert images.count()
    for image in images.all():
        assert image.get_attribute("alt")
        address = str(image.get_attribute("src"))
        assert httpx.get(server.url + address).headers["Content-Type"].startswith("image/")


def test_arrow_keys_step_through_the_lightbox_and_escape_closes_it(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="All orange").press("Enter")
    lightbox = page.get_by_role("dialog", name="Amber glow")
    expect(lightbox).to_contain_text("Resin, long ago.")
    expect(lightbox.get_by_role("img", name="All orange")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="Blue hour")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("dialog", name="Elm")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="All orange")).to_be_focused()


def test_a_swipe_shows_the_next_picture(browser: Browser, url: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(url)
    page.get_by_role("link", name="All orange").tap()
    touch = context.new_cdp_session(page)
    points = [{"x": x, "y": 400} for x in (300, 220, 120)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_role("dialog", name="Blue hour")).to_be_visible()
    context.close()


def test_a_picture_can_be_shared_in_the_chat(page: Page, url: str) -> None:
    open_chat(page, url)
    page.get_by_role("link", name="All orange").click()
    page.get_by_role("button", name="Share in chat").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    picture = in_log(page, "Amber glow").get_by_role("img", name="All orange")
    expect(picture).to_be_visible()
    picture.click()
    expect(page.get_by_role("dialog", name="Amber glow")).to_be_visible()


def test_a_message_that_names_a_picture_shows_it(page: Page, url: str, tmp_path: Path) -> None:
    open_chat(page, url)
    for text, count in (
        ("do you like blue-hour.webp?", 1),
        ("see /img/coral.webp", 1),
        ("what an Amber glow, and Coral!", 2),
        ("Coralline and not-amber-at-all", 0),
    ):
        dialog = FileStore(tmp_path / "dialog.jsonl")
        dialog.append(text, role="robot", author="Robot", reply_to="1")
        expect(in_log(page, text)).to_have_count(1)
        expect(in_log(page, text).locator(".chat-picture img")).to_have_count(count)


@pytest.mark.own_profile
def test_a_picture_added_to_the_folder_appears(page: Page, url: str, folder: Path) -> None:
    page.clock.install()
    page.goto(url)
    expect(page.locator(".tile")).to_have_count(5)
    page.locator(".tile").first.evaluate("(tile) => (tile.id = 'untouched')")
    with page.expect_response("**/pictures"):
        page.clock.run_for(5000)
    expect(page.locator("#untouched")).to_have_count(1)
    paint(folder, "dusk", "purple")
    page.clock.run_for(5000)
    expect(page.get_by_role("link", name="Dusk")).to_be_visible()
    (folder / "coral.webp").unlink()
    page.clock.run_for(5000)
    expect(page.get_by_role("link", name="Coral")).to_have_count(0)


@pytest.mark.own_profile
def test_the_gallery_loads_thumbnails_lazily_and_without_a_layout_shift(
    page: Page, url: str
) -> None:
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) window.shift += value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto(url)
    for image in page.locator(".tile img").all():
        image.evaluate("(image) => image.decode()")
        assert "?width=" in str(image.evaluate("(image) => image.currentSrc"))
    assert page.evaluate("window.shift") < 0.1
    expect(page.locator(".tile img[loading=lazy]").last).to_be_attached()


def test_thumbnails_have_fixed_widths_and_are_cached(url: str, folder: Path) -> None:
    thumbnail = httpx.get(f"{url}/img/amber.webp?width=240")
    assert Image.open(BytesIO(thumbnail.content)).size == (240, 180)
    again = httpx.get(thumbnail.url, headers={"If-None-Match": thumbnail.headers["ETag"]})
    assert again.status_code == 304
    assert httpx.get(f"{url}/img/amber.webp?width=241").status_code == 400
    assert httpx.get(f"{url}/img/none.webp?width=240").status_code == 404
    paint(folder, "amber", "green")
    changed = Image.open(BytesIO(httpx.get(thumbnail.url).content))
    assert changed.convert("RGB").getpixel((9, 9)) != (255, 165, 0)
    assert httpx.get(thumbnail.url).headers["ETag"] != thumbnail.headers["ETag"]


def test_a_thumbnail_is_never_larger_than_its_picture(url: str, folder: Path) -> None:
    Image.new("RGB", (300, 200), "red").save(folder / "tiny.png")
    (folder / "broken.png").write_bytes(b"no picture at all")
    assert Image.open(BytesIO(httpx.get(f"{url}/img/tiny.png?width=960").content)).width == 300
    assert httpx.get(f"{url}/img/broken.png?width=240").content == b"no picture at all"
