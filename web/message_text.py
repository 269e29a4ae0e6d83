"""Shows addresses as links, and text between backticks as code. Nothing else is interpreted.

static/js/log/message_text.js does the same in the browser.
"""

import re

from markupsafe import Markup

BLOCK = r"\n?```\n?(?P<block>[\s\S]+?)\n?```\n?"
CODE = r"`(?P<code>[^`\n]+)`"
# An address includes parentheses in pairs. It does not end with punctuation.
PLAIN = r"""[^\s<>"'()\x1c-\x1f\x85\ufeff]"""
ADDRESS = rf"(?P<address>[Hh]ttps?://(?:{PLAIN}|\({PLAIN}*\))+(?<![.,;:!?\[\]{{}}*_]))"
TOKEN = re.compile(f"{BLOCK}|{CODE}|{ADDRESS}")

LINK = Markup('<a href="{0}" rel="nofollow noopener noreferrer" target="_blank">{0}</a>')
ELEMENTS = {
    "block": Markup('<pre><code tabindex="0">{}</code></pre>'),
    "code": Markup("<code>{}</code>"),
    "address": LINK,
}


def message_text(text: str) -> Markup:
    """Return the HTML that shows the text of a message. The style sheet keeps its line breaks."""
    html, end = Markup(), 0
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or ""
        html += text[end : match.start()]
        html += ELEMENTS[kind].format(match[kind])
        end = match.end()
    return html + text[end:]
