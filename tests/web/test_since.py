"""GET /messages?since=TIME, on server.py and on Flask alone."""

import pytest

from tests.conftest import Server
from tests.delivery_methods import texts
from tests.messages import by_hand

pytestmark = pytest.mark.both


def test_messages_from_a_time_on(either_server: Server) -> None:
    by_hand(
        either_server.dialog,
        *({"time": f"2026-03-0{n}T12:00:00.000Z", "text": str(n)} for n in range(1, 6)),
    )
    client = either_server.client
    page = client.get("/messages", params={"since": "2026-03-04T00:00:00+09:00"}).json()
    assert texts(page) == ["4", "5"]
    page = client.get("/messages", params={"since": "2026-03-04T00:00:00+09:00", "limit": 1}).json()
    assert (texts(page), page["more"]) == (["4"], True)


@pytest.mark.parametrize(
    "time", ["", "x", "2026-03-01", "2026-03-01T00:00:00", "9999-12-31T23:59:59-23:00"]
)
def test_a_malformed_time_is_refused(either_shared: Server, time: str) -> None:
    answer = either_shared.client.get("/messages", params={"since": time})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_time"
