"""Fuzzing: what no client would send, and no writer would write.

    python bench/fuzz.py [--requests 50000] [--lines 1000000]

Requests over the whole HTTP contract go to a server in a process of its own: it may refuse with a
status below 500, or with the 503 and 507 that it promises; it must leave no traceback and be right
afterwards. Lines of random and mutated bytes go to the one who reads the dialog: no exception
comes out, and the messages between them are read whole, each once, in order.

The tests run a small part of it.
"""

import argparse
import http.client
import json
import logging
import socket
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))  # run as a script, not as a module

from dialog import FileStore, Message, to_json  # noqa: E402
from dialog.message import from_line, to_line  # noqa: E402
from tests import patches  # noqa: E402
from tests.conftest import Server, serving  # noqa: E402
from tests.delivery_methods import waiting  # noqa: E402
from tests.waiting import until  # noqa: E402

PROMISED = {503, 507}
AT_ONCE = 50  # lines in one file

# Requests. What is sent need not be HTTP: bytes are put together as they come.

METHODS = ["GET", "GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]
PATHS = [
    "/",
    "/messages",
    "/messages/wait?timeout=0",
    "/messages/events",
    "/messages/socket",
    "/healthz",
]
PATHS += ["/login", "/img/silk.webp", "/img/", "/static/css/base.css", "/nowhere", "/messages/"]
ODD = [
    "0-" + "0" * 16,
    "9" * 30,
    "-1",
    "nan",
    "1e999",
    "%00",
    "%ff",
    "%ed%a0%80",
    "..%2f",
    "%D9%A3",
]
ODD += ["", "x" * 5000, "%", "%25", "+", "a;b", "[]"]
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
KEY = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"

odd_text = st.text(max_size=50) | st.sampled_from(
    ["\ud800", "\0", "\u202e", "x" * 2001, "Robot", " "]
)
odd_bytes = st.binary(max_size=50)
parameter = st.tuples(
    st.sampled_from(["after", "before", "limit", "timeout", "x"]), st.sampled_from(ODD)
).map("=".join)
query = st.just("") | st.lists(parameter, max_size=3).map("&".join)
json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | odd_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3),
    max_leaves=5,
)
field = st.just("hello") | st.just("hi") | odd_text | json_value
post = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("text", "author", "nonce", "role", "id"), field)
)
body = (
    post.map(lambda fields: json.dumps(fields).encode())
    | json_value.map(lambda value: json.dumps(value).encode())
    | odd_bytes
    | st.builds(lambda value: b"new_message=%b&author=%b" % value, st.tuples(odd_bytes, odd_bytes))
    | st.just(b"x" * 40_000)
)
header = st.sampled_from(
    [
        UPGRADE,
        UPGRADE + KEY,
        b"Content-Type: application/x-www-form-urlencoded\r\n",
        b"Content-Type: multipart/form-data; boundary=x\r\n",
        b"Content-Type: \xff\r\n",
        b"Origin: null\r\n",
        b"Sec-Fetch-Site: cross-site\r\n",
        b"Authorization: Basic eDp5\r\n",
        b"Authorization: Basic \xff\r\n",
        b"Cookie: chat=x; \xff=;=\r\n",
        b"Expect: 100-continue\r\n",
        b"Range: bytes=5-2,-1\r\n",
        b"If-None-Match: \xff\r\n",
        b"If-Modified-Since: yesterday\r\n",
        b"Last-Event-ID: \xff\r\n",
        b"Last-Event-ID: 0-0000000000000000\r\n",
        b"Accept-Encoding: x\r\n",
        b"X-Forwarded-For: \xff, ::1\r\n",
    ]
) | odd_bytes.map(lambda value: b"X-Odd: %b\r\n" % value)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request, or what looks like one."""
    path = draw(st.sampled_from(PATHS))
    target = path + ("&" if "?" in path else "?") + draw(query)
    headers = b"".join(draw(st.just([]) | st.lists(header, max_size=3)))
    if path == "/messages/socket" and draw(st.booleans()):
        headers += UPGRADE + KEY
    host = draw(st.sampled_from([b"Host: x\r\n"] * 20 + [b"", b"Host: \xff\r\n", b"Host: ]:x\r\n"]))
    content = draw(st.just(b'{"text": "hello"}') | body | st.just(b""))
    length = b"Content-Length: %d\r\n" % len(content)
    if draw(st.integers(0, 9)) == 0:
        length = b"Transfer-Encoding: chunked\r\n"
        content = b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)
    line = f"{draw(st.sampled_from(METHODS))} {target} HTTP/1.1\r\n".encode()
    if UPGRADE not in headers:
        headers += b"Connection: close\r\n"
    sent = line + host + headers + length + b"\r\n" + content
    if draw(st.integers(0, 9)) == 0:  # a byte of it is another
        place = draw(st.integers(0, len(sent) - 1))
        sent = sent[:place] + draw(st.binary(min_size=1, max_size=1)) + sent[place + 1 :]
    return sent


def fuzz_requests(server: Server, count: int) -> Counter[int]:
    """Send so many. AssertionError, with the request, where an answer is not as promised.

    Returns how often each status came; 0: the server cut the connection off.
    """
    host, port = server.url.removeprefix("http://").split(":")
    seen = Counter[int]()

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests())
    def check(sent: bytes) -> None:
        with socket.create_connection((host, int(port)), timeout=30) as client:
            client.sendall(sent)
            status = status_of(client)
        seen[status] += 1
        assert status < 500 or status in PROMISED, (status, sent)

    check()
    said = server.say("right afterwards")
    assert server.client.get("/messages?limit=1").json()["messages"] == [said]
    until(lambda: waiting(server) == 0)
    return seen


def status_of(client: socket.socket) -> int:
    """The status of the first answer, 0 if none came."""
    answer = http.client.HTTPResponse(client)
    try:
        answer.begin()
    except (http.client.HTTPException, OSError):
        return 0
    return answer.status


# Lines.

MESSAGE = (
    b'{"time": "2026-11-23T09:40:00.123Z", "role": "robot", "text": "h\xc3\xa9", "reply_to": "7-x"}'
)
PIECES = [b'"', b"{", b"}", b"[", b"\\", b"\\ud800", b"\0", b"\xff", b"\xc3", b"null", b"9" * 30]
PIECES += [
    b"text",
    b"nonce",
    b'"role": "robot"',
    b"\xe2\x80\xa8",
    b"1e999",
    b"\r",
    b",",
    b":",
    b"NaN",
]


def mutated(random: Random) -> bytes:
    """A message with a few bytes changed, dropped, doubled; without a newline in it."""
    line = bytearray(MESSAGE)
    for _ in range(random.randint(1, 5)):
        place = random.randrange(len(line) + 1)
        until = place + random.choice([0, 0, 1, 3, 20])
        line[place:until] = random.choice([b"", bytes([random.randrange(256)]), *PIECES])
    return bytes(line).replace(b"\n", b"")


def fuzz_lines(count: int) -> int:
    """Read so many. Returns how many were messages. AssertionError: some line did harm."""
    messages = 0
    lines = st.lists(
        st.binary(max_size=200).map(lambda line: line.replace(b"\n", b"")),
        min_size=AT_ONCE // 2,
        max_size=AT_ONCE // 2,
    )

    @settings(
        max_examples=count // AT_ONCE,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(lines, st.integers(0, 2**32))
    def check(random_lines: list[bytes], dice: int) -> None:
        nonlocal messages
        random = Random(dice)
        tried = random_lines + [mutated(random) for _ in range(AT_ONCE - len(random_lines))]
        random.shuffle(tried)
        good = [to_line({"text": f"good {number}"}) for number in range(len(tried))]
        path.write_bytes(
            b"".join(bad + b"\n" + line for bad, line in zip(tried, good, strict=True))
        )
        read = [m.text for m in read_all(dialog, random.randint(1, 30))]
        assert [text for text in read if text.startswith("good ")] == [
            f"good {number}" for number in range(len(tried))
        ]
        assert len(read) == len(good) + sum(map(is_message, tried))
        messages += len(read) - len(good)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dialog.jsonl"
        dialog = FileStore(path)
        check()
    return messages


def read_all(dialog: FileStore, limit: int) -> list[Message]:
    """All messages, forwards; the newest of them are the same when read backwards."""
    read: list[Message] = []
    cursor, more = dialog.start(), True
    while more:
        page = dialog.after(cursor, limit)
        read += page.messages
        cursor, more = page.next, page.more
    assert dialog.newest(limit).messages == tuple(read[-limit:])
    return read


def is_message(line: bytes) -> bool:
    """Whether a line is one, by the only error that it may raise."""
    try:
        message = from_line(line, "")
    except ValueError:
        return False
    to_json(message.public())  # can be sent
    return True


def main() -> None:
    """Run it all and say what came."""
    parser = argparse.ArgumentParser(description="Send and write what nobody would.")
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    wanted = parser.parse_args()
    logging.disable()  # each bad line would be logged
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "dialog.jsonl", patch=patches.short_request_timeouts) as server,
    ):
        seen = fuzz_requests(server, wanted.requests)
    print(f"{seen.total():,} requests, by status: {dict(sorted(seen.items()))}", flush=True)
    messages = fuzz_lines(wanted.lines)
    print(f"{wanted.lines:,} lines, {messages:,} of them messages: none torn, none lost")


if __name__ == "__main__":
    main()
