"""The styles and scripts: their size on the wire, their order and their caching."""

import re

import httpx

from tests.conftest import Server
from tests.page.steps import append, conversation
from web.assets import STATIC


def test_the_page_is_small_on_the_wire(server: Server) -> None:
    append(server, conversation(50))
    html = httpx.get(server.url).text
    paths = {"/", *re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', html)}
    assert len(paths) > 20
    size = 0
    for path in paths:
        with httpx.stream("GET", server.url + path, headers={"Accept-Encoding": "br"}) as response:
            size += sum(map(len, response.iter_raw()))
    assert size < 60_000


def test_the_page_preloads_every_script(server: Server) -> None:
    html = httpx.get(server.url).text
    scripts = {*STATIC.rglob("js/**/*.js")} - {*STATIC.glob("js/lab/*")}
    paths = {script.relative_to(STATIC).as_posix() for script in scripts}
    preloaded = re.findall(r'<link rel="modulepreload"[^>]* href="/static/\w{16}/([^"]+)"', html)
    assert set(preloaded) == paths


def test_the_style_sheet_has_every_file_and_starts_with_the_tokens(server: Server) -> None:
    style = httpx.get(f"{server.url}/static/style.css").text
    css = STATIC / "css"
    first = [css / "page/tokens.css", css / "page/base.css"]
    assert style.startswith("\n".join(path.read_text("utf-8") for path in first))
    for path in {*css.rglob("*.css")} - {*css.glob("lab/*")}:
        assert style.count(path.read_text("utf-8")) == 1


def test_a_compressed_response_keeps_its_etag(server: Server) -> None:
    for path in ("/static/style.css", "/static/js/main.js", "/pictures"):
        for encoding in ("br", "gzip", "identity"):
            response = httpx.get(server.url + path, headers={"Accept-Encoding": encoding})
            assert response.status_code == 200
            assert "Accept-Encoding" in response.headers["Vary"]
            headers = {"Accept-Encoding": encoding, "If-None-Match": response.headers["ETag"]}
            assert httpx.get(server.url + path, headers=headers).status_code == 304
