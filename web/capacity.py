"""Capacity: how many subscribers may wait at once."""

from collections import Counter
from collections.abc import Callable

from web.errors import ApiError
from web.rate_limit import client_key

SHARE_OF_ONE_CLIENT = 1 / 3  # of all places: a whole school may come from one address


class Capacity:
    """Counts subscribers: at most `most` at once, a third of them from one address."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = int(most * SHARE_OF_ONE_CLIENT)
        self._by_client: Counter[str] = Counter()
        self.taken = 0

    def take(self, address: str | None) -> Callable[[], None]:
        """Count a subscriber; return what uncounts it. ApiError, if there are too many."""
        client = client_key(address)
        if self.taken >= self._most or self._by_client[client] >= self._most_of_one:
            raise ApiError(
                503, "crowded", "Too many clients are connected. Try again later.", retry_after=10
            )
        self.taken += 1
        self._by_client[client] += 1

        def give_back() -> None:
            self.taken -= 1
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]

        return give_back
