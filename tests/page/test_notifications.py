"""Notifications while the page is hidden: the choices, and a browser that blocks them."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.steps import append, hide, in_log, open_chat, remark, send
from tests.waiting import until


def record_notifications(page: Page, permission: str) -> None:
    """Give the page a browser that answers every question with this permission."""
    page.add_init_script(
        """window.notifications = [];
        window.Notification = class {
            static permission = "default";
            static async requestPermission() { return (this.permission = "PERMISSION"); }
            constructor(title, { body }) { window.notifications.push(`${title}: ${body}`); }
        };""".replace("PERMISSION", permission)
    )


def choose(page: Page, label: str) -> None:
    page.get_by_role("button", name="Notifications").click()
    page.get_by_label(label).check()
    page.keyboard.press("Escape")
    expect(page.locator("#notify-menu")).to_be_hidden()


@pytest.mark.parametrize(
    ("choice", "notifications"),
    [
        ("Of replies to me", ["Robot replied to you: Yes."]),
        ("Of every message", ["Ann: news", "Robot replied to you: Yes."]),
    ],
)
def test_a_hidden_page_notifies_of_what_the_reader_chose(
    page: Page, server: Server, choice: str, notifications: list[str]
) -> None:
    record_notifications(page, "granted")
    open_chat(page, server.url)
    choose(page, choice)
    send(page, "anybody?")
    expect(in_log(page, "anybody?")).to_have_count(1)
    question = server.client.get("/messages").json()["messages"][0]["id"]
    hide(page)
    server.say("news", author="Ann")
    append(server, [remark("just a remark"), remark("Yes.", reply_to=question)])
    until(lambda: len(page.evaluate("window.notifications")) == len(notifications))
    assert page.evaluate("window.notifications") == notifications


def test_a_browser_that_blocks_notifications_is_explained(page: Page, server: Server) -> None:
    record_notifications(page, "denied")
    open_chat(page, server.url)
    page.get_by_role("button", name="Notifications").click()
    page.get_by_label("Of every message").click()
    expect(page.get_by_role("status").filter(has_text="blocks")).to_contain_text("Allow them")
    expect(page.get_by_label("Of nothing")).to_be_checked()


def test_a_choice_that_an_earlier_version_stored_means_replies(page: Page, server: Server) -> None:
    record_notifications(page, "granted")
    page.add_init_script(
        "localStorage.setItem('one-file-chat.notify', 'yes'); Notification.permission = 'granted';"
    )
    open_chat(page, server.url)
    page.get_by_role("button", name="Notifications").click()
    expect(page.get_by_label("Of replies to me")).to_be_checked()
