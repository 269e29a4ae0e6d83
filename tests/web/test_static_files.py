"""Static files: their addresses have a hash, so browsers keep them for a year."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import url_for

from dialog import FileStore
from tests.conftest import Server, serving
from web import assets
from web.app import create_app

pytestmark = [pytest.mark.both, pytest.mark.any]

YEAR = 365 * 86_400  # seconds


def static_addresses(server: Server) -> list[str]:
    """Return the addresses of the static files that the page links to."""
    html = server.client.get("/").text
    return sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html)))


def test_the_page_links_to_static_files_that_are_cached_for_a_year(either_shared: Server) -> None:
    addresses = static_addresses(either_shared)
    assert len(addresses) > 20
    for address in addresses:
        answer = either_shared.client.get(address)
        assert answer.status_code == 200
        caching = answer.headers["Cache-Control"]
        assert f"max-age={YEAR}" in caching
        assert "immutable" in caching
        assert "no-cache" not in caching


def test_every_import_of_a_script_is_preloaded_and_cached_for_a_year(
    either_shared: Server,
) -> None:
    addresses = static_addresses(either_shared)
    for address in addresses:
        if address.endswith(".js"):
            script = either_shared.client.get(address).text
            for imported in re.findall(r'(?:from|import) "(\.[^"]+)";', script):
                assert urljoin(address, imported) in addresses


def test_a_file_without_or_with_an_old_version_is_not_cached_for_long(
    either_shared: Server,
) -> None:
    for address in static_addresses(either_shared):
        _, _, version, path = address.split("/", 3)
        new = either_shared.client.get(address).text
        for old in f"/static/{path}", f"/static/{'0' * len(version)}/{path}":
            answer = either_shared.client.get(old)
            assert (answer.status_code, answer.text) == (200, new)
            assert "max-age=60" in answer.headers["Cache-Control"]
            assert "immutable" not in answer.headers["Cache-Control"]
        assert either_shared.client.get(f"/static/{version}/nothing.js").status_code == 404


@pytest.mark.file
def test_a_changed_file_gets_a_new_address(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static = path.parent / "static"
    static.mkdir()
    app = create_app(FileStore(path))
    monkeypatch.setattr(assets, "STATIC", static)
    found = []
    for name, content in ("a.js", "1"), ("a.js", "2"), ("b.js", "2"), ("a.js", "1"):
        static.joinpath(name).write_text(content)
        with app.test_request_context():
            found.append(url_for("static", filename="a.js"))
    static.joinpath("b.js").unlink()
    with app.test_request_context():
        found.append(url_for("static", filename="a.js"))
    assert len(set(found[:4])) == 4
    assert found[4] == found[0]


def test_browsers_find_an_icon(either_shared: Server) -> None:
    answer = either_shared.client.get("/favicon.ico")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")
    assert 0 < len(answer.content) < 5000


def test_the_icon_needs_no_password(address: str) -> None:
    with serving(address, CHAT_PASSWORD="secret") as server:
        assert server.client.get("/favicon.ico").status_code == 200
