"""Capacity: how many connections one server process accepts, within its descriptors.

A client takes at most a quarter of the descriptors for its subscribers, and another quarter for
connections without one, such as silent connections. So no client shuts all others out.
"""

from collections import Counter
from collections.abc import Callable

from web.errors import ApiError
from web.rate_limit import client_key

SHARE_FOR_SUBSCRIBERS = 3 / 4  # of all descriptors
SHARE_OF_ONE_CLIENT = 1 / 4  # of all descriptors; large, because a school may share one address


class Capacity:
    """Counts the subscribers and the connections of each client.

    The connections of a proxy are not limited, because they belong to many clients.
    """

    def __init__(self, descriptors: int, is_proxy: Callable[[str], bool]) -> None:
        self._most = int(descriptors * SHARE_FOR_SUBSCRIBERS)
        self._most_of_one = int(descriptors * SHARE_OF_ONE_CLIENT)
        self._is_proxy = is_proxy
        self._subscribers: Counter[str] = Counter()
        self._connections: Counter[str] = Counter()
        self.taken = 0

    def connect(self, address: str) -> bool:
        """Count a connection until `disconnect`. Returns whether the server accepts it."""
        client = client_key(address)
        self._connections[client] += 1
        without_subscriber = self._connections[client] - self._subscribers[client]
        return without_subscriber <= self._most_of_one or self._is_proxy(address)

    def disconnect(self, address: str) -> None:
        """Count a connection no longer."""
        _remove(self._connections, client_key(address))

    def reserve(self, address: str | None) -> Callable[[], None]:
        """Count a subscriber, and return the function that releases it.

        Raises ApiError if there are too many subscribers.
        """
        client = client_key(address)
        if self.taken >= self._most or self._subscribers[client] >= self._most_of_one:
            raise ApiError(
                503, "crowded", "Too many clients are connected. Try again later.", retry_after=10
            )
        self.taken += 1
        self._subscribers[client] += 1

        def release() -> None:
            self.taken -= 1
            _remove(self._subscribers, client)

        return release


def _remove(counter: Counter[str], key: str) -> None:
    """Subtract 1, and forget a key whose count is 0."""
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
