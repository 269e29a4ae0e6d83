"""What every store of a dialog can do. Callers know this, and not which one they have."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from dialog.message import GUEST, Draft, Message, Page


class Dialog(Protocol):
    """A dialog: append to it, read it, watch it. Safe between threads, processes and hosts.

    Ids and cursors are strings that say where a message stands. An id is also the cursor behind
    its message. What never was a cursor is a BadCursor; one whose message is no longer there, or
    is of another dialog, is CursorGone. Whatever asks the store can be Unavailable.
    """

    where: str  # for people; without passwords

    def after(self, cursor: str, limit: int) -> Page:
        """Return the first `limit` messages after `cursor`. BadCursor, CursorGone, Unavailable."""

    def recent(self, cursor: str, limit: int, *, fresh: bool = False) -> Page | None:
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

    def start(self) -> str:
        """Return the cursor before the first message. Unavailable."""

    def answered(self) -> str:
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
        now, unless it is given. Busy, Full, Unavailable: it is not acknowledged.
        """
        draft = Draft(text, role, author, reply_to, nonce, time, copy_of, answered)
        return self.append_all([draft])[0]

    def append_all(self, drafts: Sequence[Draft]) -> list[Message]:
        """Add several at once, as `append` does. Busy, Full, Unavailable: none is acknowledged."""

    def trim(self, size: float | None = None, age: float | None = None) -> int:
        """Drop the oldest part, if there are more bytes than `size` or messages older than `age` s.

        Returns how many bytes went. A quarter more goes than has to, so as not to trim at every
        message. Cursors and ids of what stays are good as before; others are gone. Busy, Full,
        Unavailable.
        """

    def watch(self, ring: Callable[[], None]) -> AbstractContextManager[object]:
        """Call `ring`, from a thread of its own, whenever the dialog may have changed.

        A ring carries no news: read after the cursor. Use it as a context manager.
        """

    def claim(self, role: str, seconds: float) -> bool:
        """Be the one process that has `role` in this dialog, until this process ends.

        Returns whether that worked within so many seconds; -1: however long it takes. Unavailable.
        """

    def caveat(self) -> str | None:
        """Say what one should know before relying on this dialog; None: nothing."""

    def trouble(self) -> str | None:
        """Say what keeps messages from being written, as far as looking tells; None: nothing."""

    def warnings(self) -> list[str]:
        """Say what does not keep messages from being written, but should be looked at."""
