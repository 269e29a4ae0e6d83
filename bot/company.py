"""Who takes part in the conversation: whether the writer of a message is alone with the robot."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dialog import Dialog, Message, Page

WINDOW = timedelta(minutes=2)  # after which a silent person no longer takes part
PAGE = 100  # messages read at a time
MOST_READ = 3_000  # messages before the start; the robot alone writes 120 in WINDOW
MOST_AUTHORS = 10_000


class Company:
    """The people who wrote lately. It follows from the messages alone, in their order.

    A message without a time counts as written at the time of the message before it.
    """

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}  # by author, the latest writer last
        self._now = datetime.min.replace(tzinfo=UTC)

    def add(self, message: Message) -> bool:
        """Add the next message. Returns whether no other person wrote within WINDOW before it."""
        self._now = time_of(message) or self._now
        if message.role == "robot":
            return False
        alone = not any(
            abs(self._now - time) <= WINDOW
            for author, time in self._last.items()
            if author != message.author
        )
        self._last.pop(message.author, None)
        self._last[message.author] = self._now
        self._forget()
        return alone

    def copy(self) -> "Company":
        """Return the same company, to which other messages can be added."""
        other = Company()
        other._last, other._now = dict(self._last), self._now
        return other

    def _forget(self) -> None:
        """Forget the people who wrote longest ago, so that a message costs little."""
        for author in list(self._last):
            if len(self._last) <= MOST_AUTHORS and self._now - self._last[author] <= WINDOW:
                break
            del self._last[author]


def company_at(dialog: Dialog, cursor: str) -> Company:
    """Return the company at `cursor`, before the message after it.

    Raises CursorGone, Unavailable.
    """
    company = Company()
    for message in reversed(list(_backwards(dialog, _page_at(dialog, cursor)))):
        company.add(message)
    return company


def _page_at(dialog: Dialog, cursor: str) -> Page:
    """Return the page that ends at `cursor`; its `next` is for older messages."""
    while True:
        following = dialog.after(cursor, 1).messages
        if following:
            return dialog.before(following[0].id, PAGE)
        newest = dialog.newest(PAGE).messages
        if not dialog.after(cursor, 1).messages:  # otherwise one was appended meanwhile
            older = newest[0].id if newest else cursor
            return Page(newest, older, more=bool(newest))


def _backwards(dialog: Dialog, page: Page) -> Iterator[Message]:
    """Yield the messages of a page and those before it, newest first, until they are too old."""
    newest: datetime | None = None
    read = 0
    while True:
        for message in reversed(page.messages):
            yield message
            time = time_of(message)
            newest = newest or time
            if newest and time and newest - time > WINDOW:
                return
        read += PAGE
        if not page.more or read >= MOST_READ:
            return
        page = dialog.before(page.next, PAGE)


def time_of(message: Message) -> datetime | None:
    """Return the time of a message, or None if it has none that can be read."""
    return parse_time(message.time)


def parse_time(text: str) -> datetime | None:
    """Return a time in RFC 3339, which is UTC without a zone, or None."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
