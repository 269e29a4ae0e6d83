"""GET /messages?search=TEXT, on server.py and on Flask alone."""

import pytest

from tests.conftest import Server
from tests.delivery_methods import texts
from tests.messages import many

pytestmark = pytest.mark.both


def test_a_search_goes_back_through_the_dialog(either_server: Server) -> None:
    client = either_server.client
    many(either_server.dialog, *(f"Straße {number}" for number in range(5)), "hello")
    page = client.get("/messages", params={"search": " STRASSE ", "limit": 3}).json()
    assert (texts(page), page["more"]) == (["Straße 2", "Straße 3", "Straße 4"], True)
    page = client.get("/messages", params={"search": "strasse", "before": page["next"]}).json()
    assert (texts(page), page["more"]) == (["Straße 0", "Straße 1"], False)
    again = client.get("/messages", params={"search": "strasse", "before": page["next"]}).json()
    assert again == {"messages": [], "next": page["next"], "more": False}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("search=", 400),
        ("search=%20%09", 400),
        ("search=a&limit=0", 400),
        ("search=a&limit=x", 400),
        ("search=a&before=", 400),
        ("search=a&before=x", 400),
        ("search=a&before=999999-0123456789abcdef", 410),
        ("search=a&after=CURSOR", 400),
        ("after=CURSOR&search=a", 400),
        ("after=CURSOR&search=", 400),
        ("search=" + "a" * 201, 400),
        ("search=" + "a" * 200, 200),
    ],
)
def test_a_malformed_search_is_refused(either_shared: Server, query: str, status: int) -> None:
    query = query.replace("CURSOR", either_shared.cursor())
    answer = either_shared.client.get(f"/messages?{query}")
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert (status == 200) == ("error" not in answer.json())
