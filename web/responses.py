"""HTTP responses as bytes, and over ASGI."""

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from web.access import SECURITY_HEADERS
from web.asgi_types import Send
from web.errors import JSON_HEADERS, ApiError


def encode_response(status: int, headers: dict[str, str], body: bytes) -> bytes:
    """Return the bytes of a whole JSON response, head and body."""
    head = _head(status, tuple(headers.items()), int(time.time()))
    return b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


@lru_cache(16)
def _head(status: int, headers: tuple[tuple[str, str], ...], now: int) -> bytes:
    """Return the start of a head. Cached, because polls have the same one within a second."""
    fields = (
        JSON_HEADERS | SECURITY_HEADERS | dict(headers) | {"Date": formatdate(now, usegmt=True)}
    )
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, ""]).encode()


def encode_error(error: ApiError) -> bytes:
    """Return an error as a whole response."""
    return encode_response(error.status, error.headers, error.json)


async def start_response(
    send: Send, status: int, headers: dict[str, str], scheme: str = "http"
) -> None:
    """Send the head of a response over ASGI; its body is JSON, unless `headers` say otherwise."""
    headers = JSON_HEADERS | headers
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    prefix = "http" if scheme == "http" else "websocket.http"
    await send({"type": f"{prefix}.response.start", "status": status, "headers": encoded})


async def send_error(send: Send, error: ApiError, scheme: str) -> None:
    """Answer a request, or the handshake of a WebSocket, with an error."""
    length = {"Content-Length": str(len(error.json))}
    await start_response(send, error.status, error.headers | length, scheme)
    prefix = "http" if scheme == "http" else "websocket.http"
    await send({"type": f"{prefix}.response.body", "body": error.json})
