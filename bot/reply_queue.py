"""The queue of messages that wait for a reply. Authors take turns, so none delays the others."""

from collections import OrderedDict, deque
from datetime import datetime
from typing import NamedTuple

from bot.company import Company
from dialog import Page
from dialog.unanswered import needs_reply

MOST_WAITING = 50_000  # messages, of about 500 bytes each in memory


class Waiting(NamedTuple):
    """A message that waits for a reply. Its text stays in the dialog."""

    id: str
    before: str  # the cursor from which the message is read
    alone: bool = True  # whether nobody else took part in the conversation


class ReplyQueue:
    """Finds messages without a reply in the pages of a dialog, and puts them into turns.

    The pages also contain the replies, which take messages out of the queue. So nothing is due
    until everything was read.
    """

    def __init__(self, start: str, company: Company | None = None) -> None:
        """Create a queue that reads from the cursor `start`, where `company` takes part."""
        self.cursor = start  # where the next page begins
        self.is_read = False  # whether everything was read
        self._waiting: dict[str, Waiting] = {}  # by id, in the order of the dialog
        self._authors: OrderedDict[str, deque[str]] = OrderedDict()  # ids, by whose turn is next
        self._rest: str | None = None  # the cursor before the first message without room
        self._company = company or Company()
        self._company_at_rest = self._company

    @property
    def checkpoint(self) -> str:
        """The cursor before the first message without a reply."""
        oldest = next(iter(self._waiting.values()), None)
        return oldest.before if oldest else self._rest or self.cursor

    def read(self, page: Page, now: datetime) -> None:
        """Read the page after `cursor`."""
        before = self.cursor
        for message in page.messages:
            company_before = self._company.copy() if self._is_full else self._company
            alone = self._company.add(message)
            if message.role == "robot":
                self.remove(message.reply_to or "")
            elif needs_reply(message, now):
                self._add(Waiting(message.id, before, alone), message.author, company_before)
            before = message.id
        self.cursor = page.next
        self.is_read = not page.more
        if self.is_read and not self._waiting and self._rest:
            self.cursor, self._rest, self.is_read = self._rest, None, False
            self._company = self._company_at_rest

    def remove(self, id_: str) -> None:
        """Remove a message that has a reply or no longer exists."""
        self._waiting.pop(id_, None)

    def next_in_turn(self) -> Waiting | None:
        """Return the message to reply to now, and give the next turn to another author."""
        while self.is_read and self._authors:
            author, ids = self._authors.popitem(last=False)
            waiting = self._waiting.get(ids.popleft())
            if ids:
                self._authors[author] = ids
            if waiting:
                return waiting
        return None

    @property
    def _is_full(self) -> bool:
        return len(self._waiting) >= MOST_WAITING and not self._rest

    def _add(self, waiting: Waiting, author: str, company: Company) -> None:
        if self._is_full:
            self._rest, self._company_at_rest = waiting.before, company
        if not self._rest:
            self._waiting[waiting.id] = waiting
            self._authors.setdefault(author, deque()).append(waiting.id)
