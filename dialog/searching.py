"""What both stores share when they search: the bounds of one search, and what matches."""

import time

from dialog.message import GUEST, ROBOT, Message

SEARCH_BYTES = 64 * 1024 * 1024  # of lines or entries, after which a search ends
SEARCH_TIME = 0.05  # seconds, after which a search ends
ESCAPED = frozenset('"\\/')  # printable characters that JSON may write with a backslash


class Query:
    """The text that a search looks for, without regard to case.

    Case is folded as Unicode does it: "STRASSE" finds "Straße".
    """

    def __init__(self, text: str) -> None:
        self.folded = text.casefold()
        # JSON may write any character as \u1234, and some with another escape.
        is_plain = self.folded.isprintable() and not ESCAPED & set(self.folded)
        self.escape = "\\u" if is_plain else "\\"
        # Lines without an author show one of these names.
        self.finds_default_author = any(self.folded in name.casefold() for name in (GUEST, ROBOT))

    def matches(self, message: Message) -> bool:
        """Return whether the text or the author of the message contains the text."""
        return self.folded in message.text.casefold() or self.folded in message.author.casefold()


class Budget:
    """The bounds of one search. It rests half of the time, so that other requests go on meanwhile.

    A search that computes without a rest keeps the interpreter lock, and makes a poll in another
    thread three times as slow.
    """

    def __init__(self) -> None:
        self._bytes = SEARCH_BYTES
        self._deadline = time.monotonic() + SEARCH_TIME
        self._worked = time.thread_time()

    def spend(self, size: int) -> bool:
        """Count `size` bytes that were searched, and rest. Return whether to go on."""
        self._bytes -= size
        worked = time.thread_time()
        time.sleep(worked - self._worked)
        self._worked = worked
        return self._bytes > 0 and time.monotonic() < self._deadline
