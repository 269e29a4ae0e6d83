"""The page that compares the delivery methods: each method recovers from each fault."""

from playwright.sync_api import Page, expect

from tests.conftest import Server
from tests.page.lab_steps import (
    PATIENCE,
    choose,
    expect_messages,
    lane,
    open_lab,
    shorten,
)
from tests.page.steps import METHOD_NAMES

MESSAGES = 10  # under each fault, in about a second


def expect_none_missed_or_twice(page: Page, network: str) -> None:
    """Wait until every lane has all that was written under a network, and nothing twice."""
    row = page.locator(f"[data-fault='{network}']")
    expect(row).to_have_attribute("data-state", "done", timeout=PATIENCE)
    for name in METHOD_NAMES:
        expect(row.locator(f"[data-method={name}]")).to_contain_text("missed 0, twice 0")


def test_each_method_recovers_from_a_bad_network(page: Page, lab: Server) -> None:
    faults = ["4g", "3g", "lossy", "local", "offline", "asleep"]  # the last two end by themselves
    open_lab(page, lab, "?source=fast")
    for fault in faults:
        choose(page, fault)
        expect_messages(page, fault, MESSAGES)
    for fault in faults:
        expect_none_missed_or_twice(page, fault)


def test_each_method_recovers_from_a_bad_proxy(page: Page, lab: Server) -> None:
    shorten(page, "page_queue.js", "OPEN_TIMEOUT = 5_000", "OPEN_TIMEOUT = 1_500")
    open_lab(page, lab, "?source=fast")
    choose(page, "no-upgrade")
    expect(lane(page, "websocket")).to_have_attribute("data-current", "events", timeout=PATIENCE)
    expect(page.locator("#verdict")).to_contain_text("Here: server-sent events")
    expect_messages(page, "no-upgrade", MESSAGES)
    choose(page, "cut")
    expect_messages(page, "cut", 3 * MESSAGES)  # the streams are cut after 2 s
    choose(page, "buffering")
    expect(lane(page, "events")).to_have_attribute("data-current", "long-polling", timeout=PATIENCE)
    choose(page, "local")
    for fault in ("no-upgrade", "cut", "buffering"):
        expect_none_missed_or_twice(page, fault)
