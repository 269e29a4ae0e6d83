"""The delivery methods, one file each, and the hub that they share.

To add a method, write its file and name it in METHODS. The page offers the methods in this order
and falls back to the next one when a method is unavailable.
"""

import re

from web.asgi_types import Scope
from web.delivery import long_polling, polling, server_sent_events, websocket
from web.delivery.base import Method

METHODS = (
    websocket.METHOD,
    server_sent_events.METHOD,
    long_polling.METHOD,
    polling.METHOD,
)

AFTER = re.compile(rb"(?:^|&)after=")
SEARCH = re.compile(rb"(?:^|&)search=")
BY_ROUTE = {(method.scheme, method.route): method for method in METHODS}


def find_method(scope: Scope) -> Method | None:
    """Return the delivery method that a request asks for. None: Flask answers the request."""
    method = BY_ROUTE.get((scope["type"], scope["path"]))
    if method is not polling.METHOD:
        return method
    # Posts, history and searches have the same path, and Flask answers them.
    query = scope["query_string"]
    is_poll = scope["method"] == "GET" and AFTER.search(query) and not SEARCH.search(query)
    return method if is_poll else None
