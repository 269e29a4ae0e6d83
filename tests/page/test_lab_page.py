"""What the comparison page shows: figures, marks, code, settings, questions, and its weight."""

import re
from functools import partial
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from dialog import timestamp
from tests.conftest import Server
from tests.page.lab_steps import (
    PATIENCE,
    choose,
    draw_rarely,
    expect_messages,
    lane,
    open_lab,
    shorten,
)
from tests.page.steps import METHOD_NAMES, append
from tests.recorder import Recorder
from tests.waiting import until

ROUTES = {"polling": "", "long-polling": "/wait", "events": "/events", "websocket": "/socket"}
TOLERANCE = 0.02
FRAME = 16  # milliseconds of processor time


def picture_of(page: Page, name: str) -> str:
    """Return the time line of a lane, after it has been drawn again."""
    canvas = lane(page, name).locator("canvas")
    picture: str = canvas.evaluate(
        """(canvas) => new Promise((resolve) => {
            const read = () => resolve(canvas.toDataURL());
            requestAnimationFrame(() => requestAnimationFrame(read));
        })"""
    )
    return picture


def bytes_shown(page: Page, method: str) -> float:
    figure = lane(page, method).locator("[data-figure=bytes]")
    return float(figure.get_attribute("data-value") or 0)


def bytes_captured(recorder: Recorder, method: str) -> float:
    """Return the bytes for each message of a method, in both directions."""
    pattern = re.compile(f"/lab/[^/]+/messages{ROUTES[method]}")
    (path,) = filter(pattern.fullmatch, recorder.up)
    messages = recorder.received[path].count(b'"id":')
    return (recorder.up[path] + recorder.down[path]) / max(messages, 1)


def bytes_agree(page: Page, recorder: Recorder, method: str) -> bool:
    captured = bytes_captured(recorder, method)
    return abs(bytes_shown(page, method) - captured) < TOLERANCE * captured


def test_the_bytes_for_each_message_are_those_of_a_capture(page: Page, lab: Server) -> None:
    with Recorder(int(lab.port)) as recorder:
        draw_rarely(page)
        page.goto(f"http://127.0.0.1:{recorder.port}/delivery?source=fast&interval=5000")
        expect_messages(page, "local", 40)
        session = next(path for path in recorder.up if path.endswith("/wait")).split("/")[2]
        lab.client.post(f"/lab/{session}", json={"source": "quiet"})  # until both have counted all
        for method in METHOD_NAMES:
            until(partial(bytes_agree, page, recorder, method))
        page.goto("about:blank")


def frame_times(page: Page) -> list[float]:
    """Return the milliseconds of processor time that the page spent on each of some frames."""
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    session.send("Tracing.start", {"categories": "devtools.timeline"})
    page.evaluate(
        """() => new Promise((resolve) => {
            let frames = 60;
            requestAnimationFrame(function count() {
                frames -= 1;
                if (frames) requestAnimationFrame(count);
                else resolve();
            });
        })"""
    )
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    frames = [event for event in events if event["name"] == "FireAnimationFrame"]
    return [event["tdur"] / 1000 for event in frames if "tdur" in event]


@pytest.mark.own_profile
def test_a_frame_is_drawn_in_time_at_ten_messages_a_second(page: Page, lab: Server) -> None:
    open_lab(page, lab, "?source=fast")
    page.emulate_media(reduced_motion="no-preference")
    expect_messages(page, "local", 20)
    times = sorted(frame_times(page))
    assert times[len(times) // 2] < FRAME


def test_the_page_weighs_less_than_60_kilobytes(lab: Server) -> None:
    html = lab.client.get("/delivery").text
    waiting = ["/delivery", *re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', html)]
    size, seen = 0, set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        with lab.client.stream("GET", path, headers={"Accept-Encoding": "br"}) as response:
            size += sum(map(len, response.iter_raw()))
        if path.endswith(".js"):
            text = lab.client.get(path).text
            imports = re.findall(r'from "(\.[^"]+)"', text)
            waiting += [httpx.URL(path).join(each).path for each in imports]
    assert len(seen) > 25
    assert size < 60_000


@pytest.mark.own_profile
def test_the_arrow_keys_go_from_mark_to_mark(page: Page, lab: Server) -> None:
    page.clock.install()
    open_lab(page, lab, "?source=fast")
    expect_messages(page, "local", 10)
    track = lane(page, "long-polling").locator(".track")
    track.press("ArrowLeft")
    expect(page.locator("#pause")).to_have_text("Continue")
    detail = lane(page, "long-polling").locator(".mark-detail")
    expect(detail).to_contain_text("Long polling: ")
    expect(detail.locator("[data-part=request]")).to_contain_text("GET /lab/")
    expect(detail.locator("[data-part=answer]")).to_contain_text("HTTP/1.1 200 OK")
    expect(detail.locator("[data-part=curl]")).to_contain_text(f"curl -i '{lab.url}/lab/")
    title = detail.locator("[data-part=title]").text_content() or ""
    track.press("ArrowLeft")
    request = detail.locator("[data-part=request]").text_content()
    track.press("ArrowRight")
    expect(detail.locator("[data-part=title]")).to_have_text(title)
    expect(detail.locator("[data-part=request]")).not_to_have_text(request or "")
    detail.get_by_role("button", name="Close").press("Enter")
    expect(track).to_be_focused()
    page.clock.fast_forward(300_000)  # a long pause
    expect_messages(page, "local", 30)
    track.press("ArrowLeft")
    expect(detail).to_contain_text("Long polling: ")


def test_a_click_on_a_mark_shows_what_a_stream_brought(page: Page, lab: Server) -> None:
    open_lab(page, lab, "?source=fast")
    expect_messages(page, "local", 10)
    track = lane(page, "events").locator(".track")
    track.press("ArrowLeft")  # puts a mark near the right edge
    page.get_by_role("button", name="Close").click()
    box = track.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 18, box["y"] + 66)
    answer = lane(page, "events").locator("[data-part=answer]")
    expect(answer).to_contain_text('data: {"messages":[{"id":')


def test_the_settings_are_in_the_address(page: Page, lab: Server) -> None:
    open_lab(page, lab, "?network=3g&source=slow&interval=2000&pause=&__proto__=1")
    expect(page.locator("[name=network]:checked")).to_have_value("3g")
    expect(page.locator("[name=source]:checked")).to_have_value("slow")
    expect(page.get_by_text("every 2 s")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    picture = picture_of(page, "websocket")
    choose(page, "4g")
    assert picture_of(page, "websocket") == picture
    choose(page, "no-upgrade")
    expect(lane(page, "websocket")).to_have_attribute("data-current", "events", timeout=PATIENCE)
    assert picture_of(page, "websocket") == picture
    expect(page).to_have_url(
        re.compile("source=slow.*network=no-upgrade|network=no-upgrade.*source=slow")
    )


def test_a_question_sets_up_its_experiment_and_answers_it(page: Page, lab: Server) -> None:
    shorten(page, "questions.js", r"seconds: 10,", "seconds: 1,")
    open_lab(page, lab)
    question = page.locator(".question").nth(5)
    question.get_by_label("It uses server-sent events").check()
    question.get_by_role("button").click()
    expect(page.locator("[name=network]:checked")).to_have_value("no-upgrade")
    expect(lane(page, "websocket")).to_have_attribute("data-current", "events", timeout=PATIENCE)
    expect(lane(page, "websocket")).to_be_in_viewport(ratio=1)
    expect(lane(page, "polling")).to_be_in_viewport()
    banner = page.locator("#banner")
    expect(banner).to_contain_text("“It uses server-sent events” is right.")
    banner.get_by_role("button", name="Close").click()
    expect(banner).to_be_hidden()
    expect(question.get_by_role("button")).to_be_focused()


def test_eight_tabs_leave_no_connection_to_wait_on(page: Page, lab: Server) -> None:
    open_lab(page, lab)
    question = page.locator(".question").nth(6)
    question.get_by_label("Polling", exact=True).check()
    question.get_by_role("button").click()
    for name in ("events", "long-polling"):
        expect(lane(page, name)).to_have_attribute("data-current", "polling", timeout=PATIENCE)
    expect(page.locator("#verdict")).to_contain_text("Here: WebSocket.")


def test_the_code_lights_up_where_a_lane_is(page: Page, lab: Server) -> None:
    open_lab(page, lab)
    code = lane(page, "websocket").locator(".code")
    code.locator("summary").click()
    expect(code).to_have_attribute("data-step", "wait")
    expect(code.locator("[data-line=wait]").first).to_be_visible()
    for excerpt in code.locator("pre").all():
        assert excerpt.evaluate("(it) => it.scrollWidth - it.clientWidth") <= 0
    assert code.locator("figcaption").all_text_contents() == [
        "web/delivery/websocket.py",
        "static/js/delivery/web_socket.js",
    ]


def write_early(server: Server, route: Route) -> None:
    """Append a message that is older than the lanes, before they begin."""
    append(server, [{"text": "early", "time": timestamp(600.0)}])
    route.continue_()


def test_without_a_lab_the_lanes_follow_the_chat(page: Page, server: Server) -> None:
    draw_rarely(page)
    page.goto(server.url)
    page.get_by_role("button", name="Delivery").click()
    page.route("**/delivery/head", partial(write_early, server), times=1)
    page.get_by_role("link", name="See all four at once").click()
    for name in METHOD_NAMES:
        expect(lane(page, name)).to_have_attribute("data-state", "connected", timeout=PATIENCE)
    for number in range(3):
        server.say(f"number {number}")
    expect_messages(page, "local", 3)
    for name in METHOD_NAMES:
        cell = page.locator(f"[data-fault=local] [data-method={name}]")
        expect(cell).to_contain_text("missed 0, twice 0 4 messages")
        expect(cell).not_to_contain_text(re.compile(r"up to \d{3}\.\d s late"))
    networks = page.locator("[name=network]").evaluate_all("all => all.map(({ value }) => value)")
    assert networks == ["local", "asleep"]
