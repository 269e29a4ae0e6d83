"""Random requests over the whole HTTP contract, to a server in a process of its own.

The server may answer with a status below 500, or with the 503 and 507 of the contract. It must
print no traceback, and must answer correctly afterwards.
"""

import http.client
import json
import socket
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import Server
from tests.delivery_methods import waiting
from tests.messages import many
from tests.waiting import until
from web.parameters import LARGEST_PAGE

SERVER_ERRORS = {503, 507}  # those of the contract

METHODS = ["GET"] * 3 + ["POST"] * 3 + ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]
PATHS = ["/", "/messages", "/messages/wait?timeout=0", "/messages/events", "/messages/socket"]
PATHS += ["/healthz", "/login", "/img/silk.webp", "/img/", "/static/css/page/base.css", "/nowhere"]
PATHS += ["/messages/"]
LIMITS = ["1", "500", "501", "9000", "9999", "0", "1" * 30]
TRAILERS = [b"Sec-Fetch-Site: cross-site\r\n", b"Content-Length: 5\r\n", b"Host: evil.example\r\n"]
TRAILERS += [b"X: " + b"x" * 5000 + b"\r\n", b"Transfer-Encoding: chunked\r\n", b"\xff: \0\r\n"]
VALUES = ["0-" + "0" * 16, "9" * 30, "-1", "nan", "1e999", "", "x" * 5000, "+", "a;b", "[]"]
VALUES += ["%", "%25", "%00", "%ff", "%ed%a0%80", "..%2f", "%D9%A3"]
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
KEY = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
H2C = b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"
WAITS = [
    b"GET /messages/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /messages/wait?timeout=0.01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /messages HTTP/1.1\r\nHost: localhost\r\n" + H2C + b"\r\n",
]
HEADERS = [
    UPGRADE,
    UPGRADE + KEY,
    H2C,
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

odd_text = st.text(max_size=50) | st.sampled_from(
    ["\ud800", "\0", "\u202e", "x" * 2001, "Robot", " "]
)
odd_bytes = st.binary(max_size=50)
names = st.sampled_from(["after", "before", "limit", "timeout", "x"])
parameter = st.tuples(names, st.sampled_from(VALUES)).map("=".join) | st.sampled_from(LIMITS).map(
    "limit={}".format
)
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
trailers = st.just(b"") | st.lists(st.sampled_from(TRAILERS), max_size=3).map(b"".join)
header = st.sampled_from(HEADERS) | odd_bytes.map(lambda value: b"X-Odd: %b\r\n" % value)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Return the bytes of a request. They are often invalid."""
    path = draw(st.sampled_from(PATHS))
    target = path + ("&" if "?" in path else "?") + draw(query)
    headers = b"".join(draw(st.just([]) | st.lists(header, max_size=3)))
    if path == "/messages/socket" and draw(st.booleans()):
        headers += UPGRADE + KEY
    host = draw(
        st.sampled_from([b"Host: localhost\r\n"] * 20 + [b"", b"Host: \xff\r\n", b"Host: ]:x\r\n"])
    )
    content = draw(st.just(b'{"text": "hello"}') | body | st.just(b""))
    length = b"Content-Length: %d\r\n" % len(content)
    if draw(st.integers(0, 9)) == 0:
        length = b"Transfer-Encoding: chunked\r\n"
        content = b"%x\r\n%b\r\n0\r\n%b\r\n" % (len(content), content, draw(trailers))
    before = draw(st.sampled_from([b""] * 9 + WAITS))  # the request arrives in mid-stream
    line = before + f"{draw(st.sampled_from(METHODS))} {target} HTTP/1.1\r\n".encode()
    if UPGRADE not in headers:
        headers += b"Connection: close\r\n"
    request = line + host + headers + length + b"\r\n" + content
    if draw(st.integers(0, 9)) == 0:  # replace one byte
        position = draw(st.integers(0, len(request) - 1))
        other = draw(st.binary(min_size=1, max_size=1))
        request = request[:position] + other + request[position + 1 :]
    return request


def fuzz_requests(server: Server, count: int) -> Counter[int]:
    """Send `count` requests. Returns the count of each status; 0 is a closed connection.

    Raises AssertionError, with the request, if a response breaks the contract.
    """
    host, port = server.url.removeprefix("http://").split(":")
    statuses = Counter[int]()

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests())
    def check(request: bytes) -> None:
        with socket.create_connection((host, int(port)), timeout=30) as client:
            client.sendall(request)
            status, body = answer_to(request, client)
        statuses[status] += 1
        assert status < 500 or status in SERVER_ERRORS, (status, request)
        assert body.count(b'"author":') <= LARGEST_PAGE, request

    many(server.dialog, *map(str, range(2 * LARGEST_PAGE)))
    check()
    posted = server.say("correct afterwards")
    assert server.client.get("/messages?limit=1").json()["messages"] == [posted]
    until(lambda: waiting(server) == 0)
    return statuses


def answer_to(request: bytes, client: socket.socket) -> tuple[int, bytes]:
    """Return the status of the first response and its body; 0 without one.

    The body is empty if it may never end.
    """
    answer = http.client.HTTPResponse(client, method="HEAD" if request[:4] == b"HEAD" else "GET")
    try:
        answer.begin()
        return answer.status, b"" if answer.length is None else answer.read()
    except (http.client.HTTPException, OSError):
        return 0, b""
