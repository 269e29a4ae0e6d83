"""Keeps the newest messages of the stream in memory, so that most reads do not wait for Redis."""

from dataclasses import dataclass
from typing import Self

from dialog.interface import PAGE_BYTES
from dialog.message import Message, Page

MOST_KEPT = 1000  # messages


@dataclass(frozen=True, eq=False)
class RecentMessages:
    """All messages after the cursor `start`, up to the cursor `next`."""

    start: str
    messages: tuple[Message, ...]
    next: str

    @classmethod
    def of(cls, newest: Page) -> Self:
        """Return the messages of the newest page of a dialog."""
        # The cursor before the first message is unknown, so the range starts behind that message.
        start = newest.messages[0].id if newest.messages else newest.next
        return cls(start, newest.messages[1:], newest.next)

    def with_more(self, page: Page) -> "RecentMessages":
        """Return these messages and the page after them; `self` if the page adds nothing."""
        if page.next == self.next:
            return self
        messages = self.messages + page.messages
        start = messages[-MOST_KEPT - 1].id if len(messages) > MOST_KEPT else self.start
        return RecentMessages(start, messages[-MOST_KEPT:], page.next)

    def after(self, cursor: str, limit: int) -> Page | None:
        """Return the first `limit` messages after `cursor`, or None if that is not in memory."""
        if cursor == self.next:
            return Page((), cursor, more=False)
        from_end = (i for i, m in enumerate(reversed(self.messages)) if m.id == cursor)
        count = len(self.messages) if cursor == self.start else next(from_end, -1)
        if count < 0:
            return None
        messages = _within_a_page(self.messages[len(self.messages) - count :][:limit])
        more = count > len(messages)
        return Page(messages, messages[-1].id if more else self.next, more)


def _within_a_page(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return the first of these messages, until their texts have PAGE_BYTES."""
    size = 0
    for count, message in enumerate(messages):
        if size >= PAGE_BYTES:
            return messages[:count]
        size += len(message.text.encode())
    return messages
