"""Who comes in: host names, the password, addresses behind a proxy, the headers of each answer."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.conftest import Server, serving
from tests.delivery_methods import UPGRADE, raw, status
from web.rate_limit import MOST_KEYS, RateLimit, client_key

PASSWORD = "Sésam öffne dich"
CLOSED = ["/", "/messages", "/messages/wait", "/messages/events", "/img/silk.webp", "/nowhere"]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("closed") / "dialog.jsonl"
    with serving(path, CHAT_PASSWORD=PASSWORD) as server:
        yield server


def enter(server: Server, password: str = PASSWORD) -> httpx.Response:
    return httpx.post(f"{server.url}/login", data={"password": password})


@pytest.mark.parametrize("address", CLOSED)
def test_without_the_password_nothing_is_to_be_had(closed: Server, address: str) -> None:
    answer = httpx.get(closed.url + address)
    if address.startswith("/messages"):
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "password")
    else:
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert httpx.post(f"{closed.url}/messages", json={"text": "hi"}).status_code == 401
    assert httpx.post(closed.url, data={"new_message": "hi"}).status_code == 401
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{closed.url.replace('http', 'ws')}/messages/socket")
    assert refused.value.response.status_code == 401


def test_the_password_opens_all_of_it(closed: Server) -> None:
    assert "password" in httpx.get(f"{closed.url}/login").text
    answer = enter(closed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    set_cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    assert "Secure" not in set_cookie
    for credentials in ({"cookies": dict(answer.cookies)}, {"auth": ("", PASSWORD)}):
        with httpx.Client(base_url=closed.url, **credentials) as client:
            assert "<form" in client.get("/").text
            assert client.get("/img/silk.webp").status_code == 200
            assert client.get("/messages/wait?timeout=0").status_code == 200
            assert client.post("/messages", json={"text": "hi"}).status_code == 201
    cookie = {"Cookie": set_cookie.partition(";")[0]}
    address = f"{closed.url.replace('http', 'ws')}/messages/socket"
    with connect(address, additional_headers=cookie) as socket:
        socket.ping()


def test_a_cookie_outlives_a_restart_and_ends_with_its_password(path: Path) -> None:
    with serving(path, CHAT_PASSWORD="a") as server:
        cookies = dict(enter(server, "a").cookies)
    for password, expected in ("a", 200), ("b", 401):
        with serving(path, CHAT_PASSWORD=password) as server:
            answer = httpx.get(f"{server.url}/messages", cookies=cookies)
            assert answer.status_code == expected


@pytest.mark.parametrize(
    "cookie", ["in", "in.x.y", "é", "a" * 5000, "in.awR6yQ.mbw6MpVWFOmNDyV5O2L"]
)
def test_a_forged_cookie_opens_nothing(closed: Server, cookie: str) -> None:
    headers = {b"Cookie": f"chat={cookie}".encode()}
    assert httpx.get(f"{closed.url}/messages", headers=headers).status_code == 401


def test_tries_are_limited_also_those_of_curl(path: Path) -> None:
    with serving(path, CHAT_PASSWORD=PASSWORD) as server:
        assert [enter(server, "no").status_code for _ in range(5)] == [401] * 5
        wrong = [httpx.get(f"{server.url}/messages", auth=("", "no")) for _ in range(5)]
        assert [answer.status_code for answer in wrong] == [401] * 5
        answer = enter(server)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert httpx.get(f"{server.url}/messages", auth=("", PASSWORD)).status_code == 429


def test_health_needs_no_password_and_tells_nothing_private(closed: Server) -> None:
    enter(closed)
    health = httpx.get(f"{closed.url}/healthz", headers={"Host": "10.0.0.1"})
    assert health.status_code == 200
    assert str(closed.path.parent) not in health.text


def test_an_open_chat_asks_for_nothing(shared: Server) -> None:
    assert shared.client.get("/login").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("host", "good"), [("chat.test", True), ("a.b.test:80", True), ("x", False)]
)
def test_only_its_own_names_are_answered_to(tmp_path: Path, host: str, good: bool) -> None:
    with serving(tmp_path / "d.jsonl", TRUSTED_HOSTS="chat.test, .b.test") as server:
        for address in "/", "/messages", "/messages/wait?timeout=0", "/static/icon.svg":
            answer = server.client.get(address, headers={"Host": host})
            assert answer.status_code == (200 if good else 400)
        head = f"GET /messages/socket HTTP/1.1\r\nHost: {host}\r\n{UPGRADE}\r\n"
        with raw(server, head.encode()) as client:
            assert status(client) == (101 if good else 400)
        assert server.client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", [".x", "x..y", "x" * 70, "]:x", "\xff", ""])
def test_a_host_that_is_none_does_no_harm(shared: Server, host: str) -> None:
    for address in "/", "/messages", "/nowhere", "/messages/wait?timeout=0":
        head = f"GET {address} HTTP/1.1\r\nHost: {host}\r\n\r\n"
        with raw(shared, head.encode("latin-1")) as client:
            assert status(client) in {200, 400, 404}


PROXIED = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize("trusted", [True, False])
def test_a_proxy_is_believed_only_where_told(path: Path, trusted: bool) -> None:
    environ = {"FORWARDED_ALLOW_IPS": "127.0.0.1"} if trusted else {}
    with serving(path, "--posts", "0.1", CHAT_PASSWORD="a", **environ) as server:
        login = server.client.post("/login", data={"password": "a"}, headers=PROXIED)
        assert ("Secure" in login.headers["Set-Cookie"]) == trusted
        cookie = {"Cookie": login.headers["Set-Cookie"].partition(";")[0]}  # also without TLS
        posts = []
        for more in (PROXIED, PROXIED, {}):
            post = server.client.post("/messages", json={"text": "a"}, headers=cookie | more)
            posts.append(post.status_code)
        assert posts == ([201, 429, 201] if trusted else [201, 429, 429])


def test_each_answer_has_the_headers_that_keep_a_page_safe(shared: Server) -> None:
    answers = [
        shared.client.get(address)
        for address in (
            "/",
            "/nowhere",
            "/messages",
            "/messages?after=x",
            "/messages/wait?timeout=0",
            "/messages/wait?after=x",
            "/img/silk.webp",
            "/static/js/main.js",
            "/healthz",
        )
    ]
    answers += [shared.client.post("/messages", content=b"x"), shared.client.delete("/")]
    with shared.client.stream("GET", "/messages/events") as events:
        answers.append(events)
    found = [answer.headers for answer in answers]
    found += [
        head_of(shared, f"GET /messages/{path} HTTP/1.1\r\nHost: x\r\n{UPGRADE}\r\n")
        for path in ("socket", "socket?after=x", "no-socket")
    ]
    found.append(head_of(shared, "no HTTP\r\n\r\n"))
    for headers in found:
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def head_of(server: Server, sent: str) -> httpx.Headers:
    with raw(server, sent.encode()) as client, client.makefile("r", newline="\r\n") as answer:
        answer.readline()
        lines = iter(lambda: answer.readline().strip(), "")
        return httpx.Headers(dict(line.split(": ", 1) for line in lines))


def test_the_log_has_a_line_for_a_post_and_no_word_of_it(path: Path) -> None:
    errors = path.with_suffix(".log")
    with serving(path, patch=f"import sys; sys.stderr = open({str(errors)!r}, 'w', 1)") as server:
        server.say("a secret", author="Ann")
        server.client.get("/no%0awhere")
    lines = errors.read_text().splitlines()
    assert len(lines) == 3
    assert "POST '/messages' from 127.0.0.1: 201" in lines[0]
    assert r"'/no\nwhere'" in lines[1]
    assert "Ended" in lines[2]
    assert not any("secret" in line or "Ann" in line for line in lines)


def test_a_burst_then_a_rate_for_each() -> None:
    now = 0.0
    limit = RateLimit(burst=3, rate=2, clock=lambda: now)
    assert [limit.take("a") for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    assert limit.take("b") == 0
    now = 1.0
    assert [limit.take("a") for _ in range(3)] == [0, 0, 0.5]
    now = 100.0
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_limit_remembers_a_bounded_number_of_keys() -> None:
    limit = RateLimit(burst=1, rate=1, clock=lambda: 0.0)
    for number in range(3 * MOST_KEYS):
        limit.take(str(number))
    assert len(limit._full_at) == MOST_KEYS
    assert limit.take(str(3 * MOST_KEYS - 1)) > 0


def test_a_rate_of_zero_limits_nothing() -> None:
    limit = RateLimit(burst=0, rate=0)
    assert not any(limit.take("a") for _ in range(1000))


def test_a_customer_of_ipv6_counts_once() -> None:
    assert (
        client_key("2001:db8::1") == client_key("2001:db8::ffff:1") != client_key("2001:db8:0:1::1")
    )
    assert client_key("192.0.2.1") != client_key("192.0.2.2")
    assert client_key("fe80::1%eth0") == client_key("fe80::2")
