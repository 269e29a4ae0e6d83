"""The delivery methods, one file each, and the hub that they share."""

from typing import NamedTuple


class Method(NamedTuple):
    """A delivery method as the page presents it."""

    name: str  # stands in `?delivery=` of the page's address
    title: str
    route: str
    sentence: str  # says how it works and what it costs


METHODS = (  # in order of fallback
    Method(
        "websocket",
        "WebSocket",
        "/messages/socket",
        "One connection, open both ways. The server speaks the moment there is news. "
        "Fewest bytes a message; some proxies block it.",
    ),
    Method(
        "events",
        "Server-sent events",
        "/messages/events",
        "One answer that never ends. At once, too, and plain HTTP; "
        "but it keeps one of the browser's six connections.",
    ),
    Method(
        "long-polling",
        "Long polling",
        "/messages/wait",
        "The page asks, and the server answers when there is news. "
        "At once as well, but each answer costs a new request.",
    ),
    Method(
        "polling",
        "Polling",
        "/messages",
        "The page asks every second. Works everywhere; news is half a second late on average, "
        "and most questions are in vain.",
    ),
)
