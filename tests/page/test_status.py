"""What the page shows its reader: the robot's presence, unread messages, the login."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conftest import Server, serving
from tests.page.steps import append, hide, in_log, open_chat, remark, remarks, send


def test_the_robot_is_online_while_it_makes_remarks(page: Page, server: Server) -> None:
    page.clock.install()
    open_chat(page, server.url)
    append(server, [remark("a remark", time="2026-03-01T23:30:00.000Z")])
    expect(page.locator("#presence")).to_have_text("Robot online")
    page.clock.fast_forward(6000)
    expect(page.locator("#presence")).to_have_text("Robot offline since 8:30 AM")


def test_the_title_counts_new_messages_while_the_page_is_hidden(page: Page, server: Server) -> None:
    open_chat(page, server.url)
    hide(page)
    append(server, remarks(3))
    server.say("one")
    server.say("two")
    expect(page).to_have_title("(2) One File Chat")
    hide(page, hidden=False)
    expect(page).to_have_title("One File Chat")


def test_a_chat_with_a_password_asks_for_it_again_when_the_login_expires(
    page: Page, tmp_path: Path
) -> None:
    with serving(tmp_path / "dialog.jsonl", CHAT_PASSWORD="open sesame") as server:
        page.goto(server.url)
        page.get_by_label("Password").fill("open barley")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_have_text("Wrong password.")
        page.get_by_label("Password").fill("open sesame")
        page.get_by_role("button", name="Log in").click()
        expect(page.locator("#status")).to_have_text("Connected")
        page.context.clear_cookies()
        send(page, "am I still in?")
        expect(page).to_have_url(f"{server.url}/login")
        page.get_by_label("Password").fill("open sesame")
        page.get_by_role("button", name="Log in").click()
        expect(in_log(page, "am I still in?")).to_have_count(1)
        expect(page.locator("#outbox li")).to_have_count(0)
