"""Capacity: how many subscribers may wait at once."""

from collections import Counter
from collections.abc import Callable

from web.errors import ApiError
from web.rate_limit import client_key

SHARE_OF_ONE_CLIENT = 1 / 3  # large, because a whole school may share one address


class Capacity:
    """Counts subscribers. Allows `most` at once, and a third of that from one address."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = int(most * SHARE_OF_ONE_CLIENT)
        self._by_client: Counter[str] = Counter()
        self.taken = 0

    def reserve(self, address: str | None) -> Callable[[], None]:
        """Count a subscriber, and return the function that releases it.

        Raises ApiError if there are too many subscribers.
        """
        client = client_key(address)
        if self.taken >= self._most or self._by_client[client] >= self._most_of_one:
            raise ApiError(
                503, "crowded", "Too many clients are connected. Try again later.", retry_after=10
            )
        self.taken += 1
        self._by_client[client] += 1

        def release() -> None:
            self.taken -= 1
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]

        return release
