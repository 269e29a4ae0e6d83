"""The interface that every store implements. Callers do not need to know which store they have."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from dialog.message import GUEST, NO_EXTRA, Draft, Message, Page

PAGE_BYTES = 1024 * 1024  # of stored lines or entries, after which a page ends
LINE_BYTES = 100  # that a shorter line or entry counts, because each takes a few microseconds
KEPT_BY_TRIM = 0.75  # of the limit: trimming costs a copy, so it should be rare


class Health(NamedTuple):
    """The state of a dialog, in sentences for people."""

    trouble: str | None  # why no message can be written; None if messages can be written
    warnings: list[str]  # problems that do not stop the chat but need attention
    disk_is_full: bool = False  # messages can be read, but a new one is likely to be refused


class Dialog(Protocol):
    """A dialog: append to it, read it, watch it. Safe between threads, processes and hosts.

    Ids and cursors are strings that give the position of a message. The id of a message is also
    the cursor behind it. A string that was never a cursor raises BadCursor. A cursor whose message
    no longer exists, or belongs to another dialog, raises CursorGone. Every method that accesses
    the store can raise Unavailable.

    A page ends after PAGE_BYTES, whether they are messages or not. So it can have fewer messages
    than its limit, or even none. Then `more` is true, and `next` differs from the given cursor.
    """

    location: str  # for people; contains no password

    def after(self, cursor: str, limit: int) -> Page:
        """Return the first `limit` messages after `cursor`.

        Raises BadCursor, CursorGone, Unavailable.
        """

    def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:
        """Return the same as `after`, or None if the answer would have to wait for I/O.

        The page may be a millisecond old, unless it must be `fresh`.
        """

    def before(self, cursor: str, limit: int) -> Page:
        """Return the last `limit` messages before the message whose id is `cursor`.

        `next` is the cursor for older messages; `more` tells whether there are any. Raises
        BadCursor, CursorGone, Unavailable.
        """

    def newest(self, limit: int) -> Page:
        """Return the last `limit` messages; `next` is the cursor behind them.

        Raises Unavailable.
        """

    def search(self, text: str, limit: int, before: str | None = None) -> Page:
        """Return the last `limit` messages that contain `text`, before `before` or the end.

        Compares the text and the author, without regard to case. A search ends early, perhaps
        without messages, because its time is limited. `next` and `more` are those of `before`.
        Raises BadCursor, CursorGone, Unavailable.
        """

    def since(self, time: str, limit: int) -> Page:
        """Return the first `limit` messages from `time` on, a time in the format of messages.

        Messages are taken to be in the order of their times. Raises Unavailable.
        """

    def message(self, id_: str) -> Message | None:
        """Return the message with this id, or None if no message has it. Raises Unavailable."""

    def end(self) -> str:
        """Return the cursor behind the last message. Raises Unavailable."""

    def start(self) -> str:
        """Return the cursor before the first message. Raises Unavailable."""

    def surviving_cursor(self, cursor: str) -> str | None:
        """Return the valid cursor for the same position as `cursor`, which may be trimmed away.

        This is `cursor` itself while it is valid, and otherwise the nearest valid cursor. Returns
        None if `cursor` was never valid in this dialog. Raises Unavailable.
        """

    def append(
        self,
        text: str,
        *,
        role: str = "user",
        author: str = GUEST,
        reply_to: str | None = None,
        nonce: str | None = None,
        time: str | None = None,
        extra: Mapping[str, str] = NO_EXTRA,
    ) -> Message:
        """Append a message and return it once it is stored and other processes can read it.

        If a message already has this `nonce`, that message is returned and nothing is appended.
        `time` defaults to now. `extra` holds further fields to store. Raises Busy, DiskFull,
        Unavailable; the message is not acknowledged then.
        """
        return self.append_all([Draft(text, role, author, reply_to, nonce, time, extra)])[0]

    def append_all(self, drafts: Sequence[Draft]) -> list[Message]:
        """Append several messages at once; see `append`.

        Raises Busy, DiskFull, Unavailable. None of the messages is acknowledged then, but some may
        be stored; a `nonce` makes it safe to append them again.
        """

    def trim(self, size: float | None = None, age: float | None = None) -> int:
        """Drop the oldest messages of a dialog that is too large or too old.

        A dialog is too large above `size` bytes, and too old if it has messages from more than
        `age` seconds ago. About three quarters of the limit are kept. Ids and cursors of the
        remaining messages stay valid. Returns the number of bytes dropped. Raises Busy, DiskFull,
        Unavailable.
        """

    def watch(self, notify: Callable[[], None]) -> AbstractContextManager[object]:
        """Return a context manager that calls `notify` whenever the dialog may have changed.

        The calls come from another thread and carry no data: read after your cursor.
        """

    def claim(self, role: str, timeout: float | None = None) -> bool:
        """Become the only process with `role` in this dialog, until this process ends.

        Waits at most `timeout` seconds, or forever if it is None. Returns whether the role was
        claimed. Raises Unavailable.
        """

    def health(self) -> Health:
        """Return why messages cannot be written, if so, and warnings for the operator."""
