"""What the page says of itself; sleep, hidden tabs, many tabs, the back button."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.conftest import Server, serving
from tests.page.steps import connected, hide, remark, remarks, said, send, write
from tests.waiting import until


def test_the_robot_is_here_as_long_as_it_is_heard(page: Page, server: Server) -> None:
    page.clock.install()
    connected(page, server.url)
    write(server, [remark("I am here", time="2026-03-01T23:30:00.000Z")])
    expect(page.locator("#presence")).to_have_text("Robot is here")
    page.clock.fast_forward(6000)
    expect(page.locator("#presence")).to_have_text("Robot is away, last heard 8:30 AM")


def test_the_title_counts_conversation_while_the_page_is_hidden(page: Page, server: Server) -> None:
    connected(page, server.url)
    hide(page)
    write(server, remarks(3))
    server.say("one")
    server.say("two")
    expect(page).to_have_title("(2) One File Chat")
    hide(page, hidden=False)
    expect(page).to_have_title("One File Chat")


def test_an_answer_in_a_hidden_tab_is_notified(browser: Browser, server: Server) -> None:
    context = browser.new_context(permissions=["notifications"])
    page = context.new_page()
    page.add_init_script(
        """window.notified = [];
        window.Notification = class {
            static permission = "granted";
            static requestPermission = async () => "granted";
            constructor(title, { body }) { window.notified.push(`${title}: ${body}`); }
        };"""
    )
    connected(page, server.url)
    page.get_by_role("button", name="Notify me").click()
    expect(page.get_by_role("button", name="Notify me")).to_have_attribute("aria-pressed", "true")
    send(page, "anybody?")
    expect(said(page, "anybody?")).to_have_count(1)
    question = server.client.get("/messages").json()["messages"][0]["id"]
    hide(page)
    write(
        server,
        [
            remark("just a remark"),
            remark("a reply to another", reply_to="elsewhere"),
            remark("Yes.", reply_to=question),
        ],
    )
    until(lambda: bool(page.evaluate("window.notified.length")))
    assert page.evaluate("window.notified") == ["Robot answered: Yes."]
    context.close()


def test_a_hidden_page_catches_up_without_a_gap(page: Page, server: Server) -> None:
    connected(page, f"{server.url}/?delivery=polling")
    hide(page)
    page.route("**/messages?after=*", lambda route: route.abort())
    for number in range(150):
        server.say(f"number {number}")
    page.unroute_all()
    hide(page, hidden=False)
    expect(page.locator("#log .text")).to_have_text([f"number {n}" for n in range(150)])


def test_a_page_that_is_offline_says_so_and_comes_back(page: Page, server: Server) -> None:
    connected(page, f"{server.url}/?delivery=long-polling")
    page.context.set_offline(True)
    expect(page.locator("#status")).to_have_text("Offline")
    server.say("said meanwhile")
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text("Connected")
    expect(said(page, "said meanwhile")).to_have_count(1)


def test_the_page_outlives_a_restart_of_the_server(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path / "dialog.jsonl") as server:
        connected(page, server.url)
    expect(page.locator("#status")).to_contain_text("Reconnecting in")
    write(server, [{"text": "said meanwhile"}])
    with serving(server.address, "--port", server.url.rpartition(":")[2]):
        expect(page.locator("#status")).to_have_text("Connected", timeout=15_000)
        expect(said(page, "said meanwhile")).to_have_count(1)


def test_seven_tabs_of_one_browser_load_and_live(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    for way in ("events", "long-polling"):
        pages = [context.new_page() for _ in range(7)]
        for page in pages:
            connected(page, f"{server.url}/?delivery={way}")
        server.say(f"to all of you by {way}")
        for page in pages:
            expect(said(page, f"to all of you by {way}")).to_have_count(1)
            page.close()
    context.close()


def test_a_page_kept_for_the_back_button_lets_go_and_goes_on(page: Page, server: Server) -> None:
    with page.expect_event("websocket") as socket:
        connected(page, server.url)
    with socket.value.expect_event("close"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    server.say("while away")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(said(page, "while away")).to_have_count(1)


def test_the_back_button_brings_back_a_live_page(page: Page, server: Server) -> None:
    connected(page, server.url)
    server.say("before")
    expect(said(page, "before")).to_have_count(1)
    page.goto(f"{server.url}/healthz")
    server.say("while away")
    page.go_back()
    expect(said(page, "while away")).to_have_count(1)
    server.say("after")
    expect(said(page, "after")).to_have_count(1)
    expect(said(page, "before")).to_have_count(1)


def test_a_closed_chat_asks_for_its_password_and_asks_again(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path / "dialog.jsonl", CHAT_PASSWORD="open sesame") as server:
        page.goto(server.url)
        page.get_by_label("Password").fill("open barley")
        page.get_by_role("button", name="Enter").click()
        expect(page.get_by_role("alert")).to_contain_text("not the password")
        page.get_by_label("Password").fill("open sesame")
        page.get_by_role("button", name="Enter").click()
        expect(page.locator("#status")).to_have_text("Connected")
        page.context.clear_cookies()
        send(page, "am I still in?")
        expect(page).to_have_url(f"{server.url}/login")
