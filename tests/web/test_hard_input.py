"""Hard cases 31-35: unfriendly input."""

import contextlib
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from dialog import FileStore
from tests.conftest import HERE, Server, serving
from tests.delivery_methods import UPGRADE, raw, status, waiting
from tests.waiting import until


@pytest.mark.parametrize(
    "name",
    [
        "captions.toml",
        "nothing.png",
        "../dialog.jsonl",
        "..%2fserver.py",
        "%2e%2e%2fserver.py",
        "..%252fserver.py",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "a%00.png",
        "..%5cserver.py",
        "dialog.jsonl",
        "dialog.jsonl.lock",
    ],
)
@pytest.mark.parametrize("folder", ["img", "static", "."])
def test_31_no_path_leads_out_of_a_folder(shared: Server, folder: str, name: str) -> None:
    sent = f"GET /{folder}/{name} HTTP/1.1\r\nHost: x\r\n\r\n"  # httpx would tidy the path
    with raw(shared, sent.encode()) as client:
        assert status(client) in {308, 404}  # the former tidies slashes, and leads to the latter


def test_31_no_link_leads_out_of_the_pictures(tmp_path: Path) -> None:
    images, outside = tmp_path / "img", tmp_path / "outside.webp"
    images.mkdir()
    shutil.copy(HERE / "img" / "silk.webp", outside)
    shutil.copy(outside, images / "inside.webp")
    (images / "link.webp").symlink_to(outside)
    patch = f"import web.app as views; views.create_app.__defaults__ = (None, views.Path({str(images)!r}))"
    patch += " + views.create_app.__defaults__[2:]"
    with serving(tmp_path / "dialog.jsonl", patch=patch) as server:
        assert server.client.get("/img/inside.webp").status_code == 200
        assert server.client.get("/img/link.webp").status_code == 404
        assert "link.webp" not in server.client.get("/").text


ODD = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;\"'",
    "from right to left": "\u202eevil\u202c \u2066x\u2069",
    "control": "a\0b\x07\x1b[2J\x7f\x9b2J",
    "zero width": "a\u200b\u200d\ufeffb",
    "template": "{{ 7 * 7 }} {% raw %} ${7}",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_32_text_of_any_kind_stays_text(server: Server, text: str) -> None:
    said = server.say(text, author=text[:40])
    assert said["text"] == text
    assert said["author"].isprintable()
    page = server.client.get("/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "49" not in page.partition('class="text"')[2].partition("</p>")[0]
    if isinstance(server.dialog, FileStore):
        line = server.path.read_text("utf-8")
        assert line.removesuffix("\n").isprintable()  # harmless in a terminal


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://x"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://x.evil.example"},
    {"Origin": "null"},
]
OWN = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://x"},
    {"Origin": "https://x"},  # TLS ends before us
]


@pytest.mark.parametrize("headers", FOREIGN + OWN, ids=str)
def test_33_only_our_own_page_posts_and_opens_sockets(
    shared: Server, headers: dict[str, str]
) -> None:
    foreign = headers in FOREIGN
    host = {"Host": "x"} | headers
    form = shared.client.post("/", data={"new_message": "hi"}, headers=host)
    assert form.status_code == (403 if foreign else 303)
    post = shared.client.post("/messages", json={"text": "hi"}, headers=host)
    assert post.status_code == (403 if foreign else 201)
    assert shared.client.get("/messages", headers=host).status_code == 200
    lines = "".join(f"{name}: {value}\r\n" for name, value in host.items())
    with raw(shared, f"GET /messages/socket HTTP/1.1\r\n{lines}{UPGRADE}\r\n".encode()) as client:
        assert status(client) == (403 if foreign else 101)


def test_34_five_megabytes_and_a_cursor_of_a_megabyte_are_refused(shared: Server) -> None:
    answer = shared.client.post("/messages", content=b'{"text": "' + b"x" * 5_000_000 + b'"}')
    assert answer.status_code == 413
    before = shared.cursor()
    head = b"GET /messages?after=" + b"1" * 1_000_000  # and no end of it
    with raw(shared, b"") as client:
        try:
            client.sendall(head)
            assert status(client) == 400
        except ConnectionError:
            pass  # it closed the connection before all was sent
    assert shared.cursor() == before


@pytest.mark.parametrize(("size", "expected"), [(10, 201), (40_000, 413)])
def test_34_a_body_without_a_length_is_read_as_far_as_is_allowed(
    shared: Server, size: int, expected: int
) -> None:
    body = b'{"text": "' + b"x" * size + b'"}'
    answer = shared.client.post("/messages", content=iter([body[:7], body[7:]]))
    assert answer.status_code == expected


def test_34_a_body_without_an_end_is_refused_as_soon_as_it_is_too_long(shared: Server) -> None:
    head = b"POST /messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with raw(shared, head + b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n") as client:
        assert status(client) == 413


@pytest.mark.file
def test_34_ten_thousand_posts_from_one_address_are_slowed_down(path: Path) -> None:
    with serving(path, "--posts", "1") as server:
        post = b'POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n{"text": "a"}'
        answers = Counter[bytes]()
        for _ in range(100):
            with raw(server, post * 99 + post.replace(b"Host: x", b"Connection: close")) as client:
                received = client.makefile("rb").read()
            answers.update(re.findall(rb"HTTP/1.1 (\d+)", received))
        assert answers.total() == 10_000
        assert answers.keys() == {b"201", b"429"}
        assert answers[b"201"] == len(path.read_bytes().splitlines()) < 1000
        assert b"retry-after: 1\r\n" in received
        while True:  # a second may have passed
            form = server.client.post("/", data={"new_message": "keep me"})
            if form.status_code != 303:
                break
        assert (form.status_code, form.headers["Retry-After"]) == (429, "1")
        assert "keep me" in form.text


def test_34_requests_without_end_on_one_connection_harm_no_other(server: Server) -> None:
    wait = b"GET /messages/wait?limit=%s HTTP/1.1\r\nHost: x\r\n\r\n"
    with contextlib.ExitStack() as stack:
        rude = stack.enter_context(raw(server, wait % b"9" + wait % b"no" * 900))
        others = [stack.enter_context(raw(server, wait % b"9")) for _ in range(20)]
        until(lambda: waiting(server) == 21)
        server.say("for all")
        assert [status(other) for other in others] == [200] * 20
        answers = b""
        while answers.count(b"HTTP/1.1 ") < 901:
            answers += rude.recv(65536)
        assert Counter(re.findall(rb"HTTP/1.1 (\d+)", answers)) == {b"200": 1, b"400": 900}


HASTE = "import web.uvicorn_protocols as protocols, web.asgi as live; protocols.HEAD_TIMEOUT = live.BODY_TIMEOUT = 0.3"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"GET /messages HTTP/1.1\r\nHost: ",
        b"POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /",
    ],
)
def test_34_who_does_not_finish_a_request_is_cut_off(path: Path, sent: bytes) -> None:
    with serving(path, patch=HASTE) as server, raw(server, sent) as client:
        while client.recv(65536):
            pass
        assert server.say("fine")["text"] == "fine"


@pytest.mark.parametrize("start", ["POST", "GET"])
def test_34_what_only_looks_like_a_handshake_is_refused(shared: Server, start: str) -> None:
    head = f"{start} /messages/socket HTTP/1.1\r\nHost: x\r\n{UPGRADE}Content-Length: 2\r\n\r\n"
    with raw(shared, head.encode() + b"hi") as client:
        assert status(client) == 400


def test_34_stalled_bodies_keep_no_thread(server: Server) -> None:
    head = b"POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n"
    stalled = [raw(server, head) for _ in range(50)]  # more than Flask has threads
    assert server.say("fine")["text"] == "fine"
    for client in stalled:
        client.close()


FEW = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))"


def test_34_no_more_wait_than_the_system_has_descriptors_for(path: Path) -> None:
    with serving(path, patch=FEW) as server:
        head = b"GET /messages/wait HTTP/1.1\r\nHost: x\r\n\r\n"
        clients = [raw(server, head) for _ in range(20)]  # a third of three quarters of 80
        until(lambda: server.client.get("/healthz").json()["waiting"] == 20)
        refused = server.client.get("/messages/wait")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
        assert refused.json()["error"]["code"] == "crowded"
        for client in clients:
            client.close()
        until(lambda: server.client.get("/messages/wait?timeout=0").status_code == 200)


ALIKE = ["Robot", "  rObOt ", "Ro\u200bbot", "R o b o t", "R\u043eb\u043et", "R\u039fB\u039fT"]


@pytest.mark.parametrize("author", ALIKE)
def test_35_nobody_is_called_like_the_robot(server: Server, author: str) -> None:
    for answer in (
        server.client.post("/messages", json={"text": "beep", "author": author}),
        server.client.post("/", data={"new_message": "beep", "author": author}),
    ):
        assert answer.status_code == 400
        assert "Only the robot" in answer.text
    assert server.say("hi", author="Robota")["author"] == "Robota"


def test_35_nobody_can_speak_as_the_robot(server: Server) -> None:
    said = server.say("beep", role="robot", reply_to="1-x", id="7", time="now")
    assert said["role"] == "user"
    assert "reply_to" not in said
    assert server.client.get("/messages").json()["messages"] == [said]
