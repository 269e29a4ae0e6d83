"""What just happened in the chat, for remarks: a new visitor, a picture on show."""

from collections import deque

MOST_WAITING = 5  # events; more at once are noise
HOUR = 3_600  # ticks within which no remark is repeated
VISITOR = ("{} is here. Welcome!", "{} уже здесь. Добро пожаловать!")
PICTURE = ("Somebody has just opened “{}”.", "Кто-то только что открыл «{}».")


class Events:
    """Events that wait for a remark. Safe between threads."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, str]] = deque(maxlen=MOST_WAITING)  # English, Russian
        self._last: dict[str, int] = {}  # the tick at which an event was last remarked on

    def add_visitor(self, name: str) -> None:
        """Add a person who just wrote a first message."""
        self._waiting.append((VISITOR[0].format(name), VISITOR[1].format(name)))

    def add_picture(self, title: str) -> None:
        """Add a picture that a person shows to the others."""
        self._waiting.append((PICTURE[0].format(title), PICTURE[1].format(title)))

    def next(self, tick: int, *, russian: bool = False) -> str:
        """Return the remark on the next event, or an empty string."""
        try:
            english, translated = self._waiting.popleft()
        except IndexError:
            return ""
        if tick - self._last.get(english, -HOUR) < HOUR:
            return ""
        self._last = {text: at for text, at in self._last.items() if tick - at < HOUR}
        self._last[english] = tick
        return translated if russian else english
