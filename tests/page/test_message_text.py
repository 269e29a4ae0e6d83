"""What the text of a message looks like: addresses, code, and nothing else."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Server
from tests.page.steps import append, in_log, open_chat

TEXTS = [
    "see https://en.wikipedia.org/wiki/One_(song) or (https://example.org/a(b)c).",
    "(see https://example.org/x), [https://example.org/y]; https://example.org/z(open",
    "www.example.org and ann@example.org are no links, Https://example.org/ is one",
    "run `ls -l` and `a ``b`` c",
    "before\n```\nfor x in y:\n    print('https://example.org')\n```\nafter",
    "```<b>one</b>``` `` ``` \n\n`not\ncode`",
    "**bold** _italic_ # heading <b>tag</b> &amp;",
    "https://example.org/a\x85b https://example.org/\ufeffc http:// https://",
]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("(https://en.wikipedia.org/wiki/One_(song))", "https://en.wikipedia.org/wiki/One_(song)"),
        ("https://example.org/a(b)c(d).", "https://example.org/a(b)c(d)"),
        ("https://example.org/a).", "https://example.org/a"),
    ],
)
def test_a_link_keeps_its_parentheses(page: Page, server: Server, text: str, link: str) -> None:
    open_chat(page, server.url)
    server.say(text)
    expect(page.locator("#log .text a")).to_have_attribute("href", link)


def test_text_between_backticks_is_code(page: Page, server: Server) -> None:
    server.say("use `a < b`:\n```\nif a < b:\n    swap()\n```\nand **nothing** else")
    open_chat(page, server.url)
    expect(page.locator("#log .text > code")).to_have_text("a < b")
    expect(page.locator("#log pre code")).to_have_text("if a < b:\n    swap()")
    expect(page.locator("#log .text")).to_contain_text("and **nothing** else")
    fonts = page.locator("#log code").evaluate_all(
        "(all) => all.map((it) => getComputedStyle(it).fontFamily)"
    )
    assert all("monospace" in font for font in fonts)


def test_a_button_copies_a_block_of_code(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    server.say("```\nif a < b:\n    swap()\n```")
    open_chat(page, server.url)
    button = page.get_by_role("button", name="Copy code")
    button.click()
    expect(button).to_have_attribute("data-state", "copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == "if a < b:\n    swap()"


def test_server_and_script_show_the_same(page: Page, browser: Browser, server: Server) -> None:
    append(server, [{"text": text} for text in TEXTS])
    plain = browser.new_page(java_script_enabled=False)
    plain.goto(server.url)
    open_chat(page, server.url)
    from_server = html_of(plain.locator("#log .text"))
    assert html_of(page.locator("#log .text")) == from_server
    plain.close()
    append(server, [{"text": "line."}, *({"text": text} for text in TEXTS)])
    expect(in_log(page, "**bold**")).to_have_count(2)
    expect(page.locator("#log .text")).to_have_count(2 * len(TEXTS) + 1)
    assert html_of(page.locator("#log .text"))[-len(TEXTS) :] == from_server


def html_of(texts: Locator) -> list[str]:
    """Return the HTML of each text, without the buttons that only the script adds."""
    return list(
        texts.evaluate_all(
            """(texts) => texts.map((text) => {
                const copy = text.cloneNode(true);
                for (const button of copy.querySelectorAll("button")) button.remove();
                return copy.innerHTML;
            })"""
        )
    )
