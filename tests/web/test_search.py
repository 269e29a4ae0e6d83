"""GET /messages?search=TEXT, on server.py and on Flask alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest

from dialog import FileStore, Page
from tests.conftest import Server
from tests.delivery_methods import texts
from tests.messages import many
from web.api_views import SEARCHES_AT_ONCE
from web.app import create_app

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


@pytest.mark.file
def test_one_search_too_many_is_told_to_come_back(path: Path) -> None:
    all_search, finish = Barrier(SEARCHES_AT_ONCE + 1), Event()

    class SlowStore(FileStore):
        def search(self, text: str, limit: int, before: str | None = None) -> Page:
            if not finish.is_set():
                all_search.wait(30)
                finish.wait(30)
            return super().search(text, limit, before)

    app = create_app(SlowStore(path))

    def search() -> int:
        return app.test_client().get("/messages?search=a").status_code

    with ThreadPoolExecutor() as pool:
        searches = [pool.submit(search) for _ in range(SEARCHES_AT_ONCE)]
        all_search.wait(30)
        refused = app.test_client().get("/messages?search=a")
        finish.set()
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert [done.result() for done in searches] == [200] * SEARCHES_AT_ONCE
    assert search() == 200
