"""The security headers of server.py, and what its log keeps about requests."""

from pathlib import Path

import httpx

from tests.conftest import Server, serving
from tests.delivery_methods import UPGRADE, connection

ADDRESSES = [
    "/",
    "/nowhere",
    "/messages",
    "/messages?after=x",
    "/messages/wait?timeout=0",
    "/messages/wait?after=x",
    "/img/silk.webp",
    "/static/js/main.js",
    "/healthz",
]


def headers_of(server: Server, sent: str) -> httpx.Headers:
    """Return the headers of the response to these characters."""
    with connection(server, sent.encode()) as client, client.makefile("r", newline="\r\n") as head:
        head.readline()
        lines = iter(lambda: head.readline().strip(), "")
        return httpx.Headers(dict(line.split(": ", 1) for line in lines))


def test_each_answer_has_the_security_headers(shared: Server) -> None:
    answers = [shared.client.get(address) for address in ADDRESSES]
    answers += [shared.client.post("/messages", content=b"x"), shared.client.delete("/")]
    with shared.client.stream("GET", "/messages/events") as events:
        answers.append(events)
    found = [answer.headers for answer in answers]
    for target in ("socket", "socket?after=x", "no-socket"):
        head = f"GET /messages/{target} HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n"
        found.append(headers_of(shared, head))
    found.append(headers_of(shared, "not HTTP\r\n\r\n"))
    for headers in found:
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_log_has_a_line_for_each_post_and_error_and_no_private_text(path: Path) -> None:
    log = path.with_suffix(".log")
    with serving(path, log=log) as server:
        server.say("a secret", author="Ann")
        server.client.get("/no%0awhere")
    lines = log.read_text().splitlines()
    assert len(lines) == 3
    assert "POST '/messages' from 127.0.0.1: 201" in lines[0]
    assert r"'/no\nwhere'" in lines[1]
    assert "Ended" in lines[2]
    assert not any("secret" in line or "Ann" in line for line in lines)
