"""The page, and the form on it that works without JavaScript."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from zlib import crc32

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dialog import Dialog, DialogError, Draft, Message, Page
from gallery.pictures import pictures
from web.delivery import METHODS
from web.errors import ApiError, api_error
from web.message_text import message_text
from web.posts import FIELDS, LONGEST_AUTHOR, LONGEST_TEXT, NO_SUCH_MESSAGE, PostChecker

MESSAGES_SHOWN = 50

View = str | Response | tuple[str, int, Mapping[str, str]]


def create_blueprint(dialog: Dialog, images: Path, posts: PostChecker) -> Blueprint:
    """Return the views of the page and its form."""
    blueprint = Blueprint("page", __name__)
    blueprint.add_app_template_filter(message_text)

    @blueprint.get("/")
    def show() -> View:
        return _render(images, dialog.newest(MESSAGES_SHOWN))

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
                page = dialog.newest(MESSAGES_SHOWN)
            except DialogError:
                page = Page((), "", more=False)  # the error matters more than the messages
            if error.code == NO_SUCH_MESSAGE:
                fields["reply_to"] = ""  # so that sending the form again succeeds
            html = _render(images, page, error=error.message, **fields)
            return html, error.status, error.headers
        return redirect(url_for("page.show"), 303)

    return blueprint


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
