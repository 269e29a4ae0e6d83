"""The page, and the form on it that works without JavaScript."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate, groupby
from pathlib import Path
from zlib import crc32

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import escape
from werkzeug.wrappers import Response

from dialog import Dialog, DialogError, Draft, Message, Page
from gallery.pictures import pictures
from web.delivery import METHODS
from web.errors import ApiError, api_error
from web.message_text import message_text
from web.posts import FIELDS, LONGEST_AUTHOR, LONGEST_TEXT, NO_SUCH_MESSAGE, PostChecker

MESSAGES_SHOWN = 50
LARGEST_HISTORY = 60_000  # bytes of HTML, about
ROW_SIZE = 800  # bytes of HTML around the text of a message, with the quote of another one

View = str | Response | tuple[str, int, Mapping[str, str]]


def create_blueprint(dialog: Dialog, images: Path, posts: PostChecker) -> Blueprint:
    """Return the views of the page and its form."""
    blueprint = Blueprint("page", __name__)
    blueprint.add_app_template_filter(message_text)

    @blueprint.get("/")
    def show() -> View:
        return _render(images, newest_messages(dialog))

    @blueprint.post("/")
    def post() -> View:
        fields = {name: request.form.get(name, "") for name in FIELDS}
        fields["text"] = request.form.get("new_message", "").replace("\r\n", "\n")
        try:
            draft = posts.draft(dialog, request.remote_addr, fields)
            dialog.append_all([draft._replace(nonce=_nonce_with_text(draft))])
        except (ApiError, DialogError) as failure:
            error = api_error(failure)
            try:
                page = newest_messages(dialog)
            except DialogError:
                page = Page((), "", more=False)  # the error matters more than the messages
            if error.code == NO_SUCH_MESSAGE:
                fields["reply_to"] = ""  # so that sending the form again succeeds
            html = _render(images, page, error=error.message, **fields)
            return html, error.status, error.headers
        return redirect(url_for("page.show"), 303)

    return blueprint


def newest_messages(dialog: Dialog) -> Page:
    """Return the newest messages that fit in LARGEST_HISTORY, at least one. Raises Unavailable.

    The script loads the others when the reader asks for them.
    """
    page = dialog.newest(MESSAGES_SHOWN)
    sizes = accumulate(html_size(message) for message in reversed(page.messages))
    count = sum(size <= LARGEST_HISTORY for size in sizes)
    return replace(page, messages=page.messages[-max(1, count) :])


def html_size(message: Message) -> int:
    """Return about how many bytes the HTML of a message has. A link contains its address twice."""
    size = len(escape(message.text).encode())
    return ROW_SIZE + (2 * size if "://" in message.text else size)


def _nonce_with_text(draft: Draft) -> str | None:
    """Return a nonce that changes with the text, because the back button restores an old nonce.

    So a form that is sent twice is one message, unless its text has changed.
    """
    return draft.nonce and f"{draft.nonce}-{crc32(draft.text.encode()):x}"


def _render(images: Path, newest: Page, **form: str) -> str:
    """Return the page. After an error, `form` has the error and the fields of the form."""
    fields = dict.fromkeys(("error", *FIELDS), "") | {"nonce": secrets.token_urlsafe(12)}
    fields |= {name: value for name, value in form.items() if value}
    return render_template(
        "page.html",
        pictures=pictures(images),
        newest=newest,
        by_id={message.id: message for message in newest.messages},
        groups=[(remark, list(group)) for remark, group in groupby(newest.messages, is_remark)],
        now=int(datetime.now(UTC).timestamp() * 1000),
        delivery_methods=METHODS,
        longest_text=LONGEST_TEXT,
        longest_author=LONGEST_AUTHOR,
        **fields,
    )


def is_remark(message: Message) -> bool:
    """Return whether the robot said this on its own, and not as a reply."""
    return message.role == "robot" and not message.reply_to
