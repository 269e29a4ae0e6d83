"""Hard cases 31 to 33 and 35: hostile paths, texts, origins and names."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from dialog import FileStore
from tests import patches
from tests.conftest import HERE, Server, serving
from tests.delivery_methods import UPGRADE, connection, status


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
def test_31_no_path_leads_out_of_its_folder(shared: Server, folder: str, name: str) -> None:
    # httpx would normalise the path
    sent = f"GET /{folder}/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connection(shared, sent.encode()) as client:
        assert status(client) in {308, 404}  # 308 normalises slashes and leads to 404


def test_31_no_symlink_leads_out_of_the_picture_folder(tmp_path: Path) -> None:
    images, outside = tmp_path / "img", tmp_path / "outside.webp"
    images.mkdir()
    shutil.copy(HERE / "img" / "silk.webp", outside)
    shutil.copy(outside, images / "inside.webp")
    (images / "link.webp").symlink_to(outside)
    with serving(
        tmp_path / "dialog.jsonl", patch=partial(patches.images_from, str(images))
    ) as server:
        assert server.client.get("/img/inside.webp").status_code == 200
        assert server.client.get("/img/link.webp").status_code == 404
        assert "link.webp" not in server.client.get("/").text


ODD = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;\"'",
    "right to left": "\u202eevil\u202c \u2066x\u2069",
    "control": "a\0b\x07\x1b[2J\x7f\x9b2J",
    "zero width": "a\u200b\u200d\ufeffb",
    "template": "{{ 7 * 'ha' }} {% raw %} ${7 * 'ha'}",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_32_any_text_is_shown_as_text(server: Server, text: str) -> None:
    posted = server.say(text, author=text[:40])
    assert posted["text"] == text
    assert posted["author"].isprintable()
    page = server.client.get("/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "haha" not in page
    if isinstance(server.dialog, FileStore):
        line = server.path.read_text("utf-8")
        assert line.removesuffix("\n").isprintable()  # harmless in a terminal


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "null"},
]
OWN = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost"},  # a proxy ends TLS
]


@pytest.mark.parametrize("headers", FOREIGN + OWN, ids=str)
def test_33_only_our_own_page_may_post_and_open_websockets(
    shared: Server, headers: dict[str, str]
) -> None:
    foreign = headers in FOREIGN
    host = {"Host": "localhost"} | headers
    form = shared.client.post("/", data={"new_message": "hi"}, headers=host)
    assert form.status_code == (403 if foreign else 303)
    post = shared.client.post("/messages", json={"text": "hi"}, headers=host)
    assert post.status_code == (403 if foreign else 201)
    assert shared.client.get("/messages", headers=host).status_code == 200
    lines = "".join(f"{name}: {value}\r\n" for name, value in host.items())
    with connection(
        shared, f"GET /messages/socket HTTP/1.1\r\n{lines}{UPGRADE}\r\n".encode()
    ) as client:
        assert status(client) == (403 if foreign else 101)


ROBOT_NAMES = [
    "Robot",
    "  rObOt ",
    "Ro\u200bbot",
    "R o b o t",
    "R\u043eb\u043et",
    "R\u039fB\u039fT",
    "\u0280\u1d0f\u0299\u1d0f\u1d1b",  # small capitals
    "\u13d2\u13be\u13f4\u13be\u13a2",  # Cherokee
    "\uab71\uab8e\u13fc\uab8e\uab72",  # Cherokee, in lower case
    "\ua4e3\ua4f3\ua4d0\ua4f3\ua4d4",  # Lisu
    "Ro\u3164bot",  # fillers that show nothing
    "Robot\u115f",
]


@pytest.mark.parametrize("author", ROBOT_NAMES)
def test_35_nobody_may_use_the_name_of_the_robot(server: Server, author: str) -> None:
    for answer in (
        server.client.post("/messages", json={"text": "beep", "author": author}),
        server.client.post("/", data={"new_message": "beep", "author": author}),
    ):
        assert answer.status_code == 400
        assert "Only the robot" in answer.text
    assert server.say("hi", author="Robota")["author"] == "Robota"


def test_35_nobody_may_post_as_the_robot(server: Server) -> None:
    posted = server.say("beep", role="robot", id="7", time="now")
    assert posted["role"] == "user"
    assert server.client.get("/messages").json()["messages"] == [posted]
