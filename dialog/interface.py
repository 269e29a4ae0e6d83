"""What every store of a dialog can do. Callers know this, and not which one they have."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from dialog.message import GUEST, Draft, Message, Page


class Health(NamedTuple):
    """The state of a dialog, in sentences for people."""

    trouble: str | None  # why no message can be written; None if messages can be written
    warnings: list[str]  # what does not stop the chat, but needs attention


class Dialog(Protocol):
    """A dialog: append to it, read it, watch it. Safe between threads, processes and hosts.

    Ids and cursors are strings that say where a message stands. An id is also the cursor behind
    its message. What never was a cursor is a BadCursor; one whose message is no longer there, or
    is of another dialog, is CursorGone. Whatever asks the store can be Unavailable.
    """

    location: str  # for people; without passwords

    def after(self, cursor: str, limit: int) -> Page:
        """Return the first `limit` messages after `cursor`. BadCursor, CursorGone, Unavailable."""

    def after_nowait(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:
        """Return what `after` does, if that can be told without waiting for anybody; else None.

        It may lag behind by a millisecond, unless it is to be `fresh`.
        """

    def before(self, cursor: str, limit: int) -> Page:
        """Return the last `limit` messages before the one whose id is `cursor`.

        `next` is the id to give to `before` for those still older, `more` whether there are any.
        BadCursor, CursorGone, Unavailable.
        """

    def newest(self, limit: int) -> Page:
        """Return the last `limit` messages; `next` is the cursor behind them. Unavailable."""

    def end(self) -> str:
        """Return the cursor behind the last message, to read from now on. Unavailable."""

    def start(self) -> str:
        """Return the cursor before the first message. Unavailable."""

    def last_answered(self) -> str:
        """Return the cursor behind the last message that the robot replied to here. Unavailable."""

    def append(
        self,
        text: str,
        *,
        role: str = "user",
        author: str = GUEST,
        reply_to: str | None = None,
        nonce: str | None = None,
        time: str | None = None,
        copy_of: str | None = None,
        answered: bool = False,
    ) -> Message:
        """Add a message and return it; by then it is stored, and other processes see it.

        A `nonce` that a message has already gives that message, and adds nothing. The `time` is
        now, unless it is given. Busy, DiskFull, Unavailable: it is not acknowledged.
        """
        draft = Draft(text, role, author, reply_to, nonce, time, copy_of, answered)
        return self.append_all([draft])[0]

    def append_all(self, drafts: Sequence[Draft]) -> list[Message]:
        """Add several at once, as `append` does. Busy, DiskFull, Unavailable: none is acknowledged."""

    def trim(self, size: float | None = None, age: float | None = None) -> int:
        """Drop the oldest part, if there are more bytes than `size` or messages older than `age` s.

        Returns how many bytes went. A quarter more goes than has to, so as not to trim at every
        message. Cursors and ids of what stays are good as before; others are gone. Busy, DiskFull,
        Unavailable.
        """

    def watch(self, ring: Callable[[], None]) -> AbstractContextManager[object]:
        """Call `ring`, from a thread of its own, whenever the dialog may have changed.

        A ring carries no news: read after the cursor. Use it as a context manager.
        """

    def claim(self, role: str, timeout: float | None = None) -> bool:
        """Become the only process with `role` in this dialog, until this process ends.

        Waits at most `timeout` seconds, or forever if it is None. Returns whether the role was
        claimed. Unavailable.
        """

    def health(self) -> Health:
        """Return what keeps messages from being written, and what else an operator should know."""
