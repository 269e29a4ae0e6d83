"""The delivery methods, one file each, and the hub that they share."""

from typing import NamedTuple


class Method(NamedTuple):
    """A delivery method as the page presents it."""

    name: str  # the value of `?delivery=` in the page's address
    title: str
    route: str
    sentence: str  # says how it works and what it costs


METHODS = (  # in order of fallback
    Method(
        "websocket",
        "WebSocket",
        "/messages/socket",
        "One connection that stays open in both directions. The server sends each message at once, "
        "with the fewest bytes. Some proxies block it.",
    ),
    Method(
        "events",
        "Server-sent events",
        "/messages/events",
        "One response that never ends. Messages arrive at once over plain HTTP. "
        "It occupies one of the browser's six connections.",
    ),
    Method(
        "long-polling",
        "Long polling",
        "/messages/wait",
        "The page sends a request, and the server answers when there is a new message. "
        "Messages arrive at once, but each answer costs a new request.",
    ),
    Method(
        "polling",
        "Polling",
        "/messages",
        "The page asks every second. It works everywhere, but messages are half a second late "
        "on average, and most requests return nothing.",
    ),
)
