"""The head of an HTTP/1.1 request, as bytes."""

from collections.abc import Iterable

from httptools import HttpRequestParser

UPGRADE_HEADERS = {b"upgrade", b"http2-settings"}


def head_without_upgrade(
    parser: HttpRequestParser, url: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> bytes:
    """Return the head of a request as if it did not ask for an upgrade, such as to HTTP/2.

    A server may ignore an upgrade (RFC 9110, section 7.8).
    """
    version = parser.get_http_version().encode()
    lines = [b"%s %s HTTP/%s" % (parser.get_method(), url, version)]
    lines += [
        b"%s: %s" % (name, _without_upgrade(value) if name == b"connection" else value)
        for name, value in headers
        if name not in UPGRADE_HEADERS
    ]
    return b"\r\n".join([*lines, b"", b""])


def _without_upgrade(connection: bytes) -> bytes:
    tokens = [token.strip() for token in connection.split(b",")]
    return b", ".join(token for token in tokens if token.lower() not in UPGRADE_HEADERS)
