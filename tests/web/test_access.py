"""Access control: the password, host names, and addresses behind a proxy."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.conftest import Server, serving, serving_with_flask
from tests.delivery_methods import UPGRADE, connection, socket_url, status

PASSWORD = "Sésam öffne dich"
PROTECTED = ["/", "/messages", "/messages/wait", "/messages/events", "/img/silk.webp", "/nowhere"]

Serve = Callable[..., AbstractContextManager[Server]]
each_program = pytest.mark.parametrize(
    "serve", [serving, serving_with_flask], ids=["server.py", "flask run"]
)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """server.py with a password."""
    path = tmp_path_factory.mktemp("closed") / "dialog.jsonl"
    with serving(path, CHAT_PASSWORD=PASSWORD) as server:
        yield server


@pytest.fixture(scope="module")
def closed_flask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Flask alone with a password."""
    path = tmp_path_factory.mktemp("closed") / "dialog.jsonl"
    with serving_with_flask(path, CHAT_PASSWORD=PASSWORD) as server:
        yield server


@pytest.fixture(params=["closed", "closed_flask"], ids=["server.py", "flask run"])
def either_closed(request: pytest.FixtureRequest) -> Server:
    """A server of each kind, with a password."""
    server: Server = request.getfixturevalue(request.param)
    return server


def log_in(server: Server, password: str = PASSWORD) -> httpx.Response:
    return httpx.post(f"{server.url}/login", data={"password": password})


@pytest.mark.parametrize("address", PROTECTED)
def test_without_the_password_nothing_is_shown(either_closed: Server, address: str) -> None:
    answer = httpx.get(either_closed.url + address)
    if address.startswith("/messages"):
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "password")
    else:
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


def test_without_the_password_nothing_is_posted(either_closed: Server) -> None:
    url = either_closed.url
    assert httpx.post(f"{url}/messages", json={"text": "hi"}).status_code == 401
    assert httpx.post(url, data={"new_message": "hi"}).status_code == 401


def test_without_the_password_no_websocket_opens(closed: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(socket_url(closed))
    assert refused.value.response.status_code == 401


def test_the_password_gives_a_cookie_that_opens_everything(either_closed: Server) -> None:
    assert "password" in httpx.get(f"{either_closed.url}/login").text
    answer = log_in(either_closed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    for credentials in ({"cookies": dict(answer.cookies)}, {"auth": ("", PASSWORD)}):
        with httpx.Client(base_url=either_closed.url, **credentials) as client:
            assert "<form" in client.get("/").text
            assert client.get("/img/silk.webp").status_code == 200
            assert client.get("/messages").status_code == 200
            assert client.post("/messages", json={"text": "hi"}).status_code == 201


def test_the_cookie_opens_the_waiting_endpoints(closed: Server) -> None:
    answer = log_in(closed)
    cookies = dict(answer.cookies)
    wait = httpx.get(f"{closed.url}/messages/wait?timeout=0", cookies=cookies)
    assert wait.status_code == 200
    cookie = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}
    with connect(socket_url(closed), additional_headers=cookie) as frames:
        frames.ping()


def test_a_cookie_survives_a_restart_and_ends_with_its_password(path: Path) -> None:
    with serving(path, CHAT_PASSWORD="a") as server:
        cookies = dict(log_in(server, "a").cookies)
    for password, expected in ("a", 200), ("b", 401):
        with serving(path, CHAT_PASSWORD=password) as server:
            answer = httpx.get(f"{server.url}/messages", cookies=cookies)
            assert answer.status_code == expected


@pytest.mark.parametrize(
    "cookie", ["in", "in.x.y", "é", "a" * 5000, "in.awR6yQ.mbw6MpVWFOmNDyV5O2L"]
)
def test_a_forged_cookie_opens_nothing(either_closed: Server, cookie: str) -> None:
    headers = {b"Cookie": f"chat={cookie}".encode()}
    assert httpx.get(f"{either_closed.url}/messages", headers=headers).status_code == 401


@each_program
def test_wrong_passwords_are_limited_in_the_form_and_in_headers(path: Path, serve: Serve) -> None:
    with serve(path, CHAT_PASSWORD=PASSWORD) as server:
        assert [log_in(server, "no").status_code for _ in range(5)] == [401] * 5
        wrong = [httpx.get(f"{server.url}/messages", auth=("", "no")) for _ in range(5)]
        assert [answer.status_code for answer in wrong] == [401] * 5
        answer = log_in(server)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert httpx.get(f"{server.url}/messages", auth=("", PASSWORD)).status_code == 429


def test_health_needs_no_password_and_reveals_nothing_private(either_closed: Server) -> None:
    health = httpx.get(f"{either_closed.url}/healthz", headers={"Host": "10.0.0.1"})
    assert health.status_code == 200
    assert str(either_closed.path.parent) not in health.text


def test_without_a_password_the_login_page_leads_to_the_chat(either_shared: Server) -> None:
    assert either_shared.client.get("/login").headers["Location"] == "/"


HOSTS = [("chat.test", True), ("a.b.test:80", True), ("x", False)]


@each_program
def test_only_trusted_host_names_are_served(path: Path, serve: Serve) -> None:
    with serve(path, TRUSTED_HOSTS="chat.test, .b.test") as server:
        for host, trusted in HOSTS:
            headers = {"Host": host}
            for address in "/", "/messages", "/static/icon.svg":
                answer = server.client.get(address, headers=headers)
                assert answer.status_code == (200 if trusted else 400)
            assert server.client.get("/healthz", headers=headers).status_code == 200


def test_only_trusted_host_names_may_wait(path: Path) -> None:
    with serving(path, TRUSTED_HOSTS="chat.test, .b.test") as server:
        for host, trusted in HOSTS:
            wait = server.client.get("/messages/wait?timeout=0", headers={"Host": host})
            assert wait.status_code == (200 if trusted else 400)
            head = f"GET /messages/socket HTTP/1.1\r\nHost: {host}\r\n{UPGRADE}\r\n"
            with connection(server, head.encode()) as client:
                assert status(client) == (101 if trusted else 400)


@pytest.mark.parametrize("host", [".x", "x..y", "x" * 70, "]:x", "\xff", ""])
def test_an_invalid_host_name_causes_no_server_error(either_shared: Server, host: str) -> None:
    for address in "/", "/messages", "/nowhere", "/messages/wait?timeout=0":
        head = f"GET {address} HTTP/1.1\r\nHost: {host}\r\n\r\n"
        with connection(either_shared, head.encode("latin-1")) as client:
            assert status(client) in {200, 400, 404}


PROXIED = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize("trusted", [True, False])
def test_headers_of_a_proxy_count_only_if_it_is_trusted(path: Path, trusted: bool) -> None:
    serve = partial(serving, path, "--posts", "0.1", CHAT_PASSWORD="a")
    with serve(FORWARDED_ALLOW_IPS="127.0.0.1") if trusted else serve() as server:
        login = server.client.post("/login", data={"password": "a"}, headers=PROXIED)
        assert ("Secure" in login.headers["Set-Cookie"]) == trusted
        cookie = {"Cookie": login.headers["Set-Cookie"].partition(";")[0]}  # sent without TLS, too
        posts = []
        for headers in (PROXIED, PROXIED, {}):
            post = server.client.post("/messages", json={"text": "a"}, headers=cookie | headers)
            posts.append(post.status_code)
        assert posts == ([201, 429, 201] if trusted else [201, 429, 429])
