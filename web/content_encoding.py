"""Compression of Flask's responses, for browsers that ask for it. Streams never pass here."""

import gzip
from functools import lru_cache

import brotli  # type: ignore[import-untyped]
from flask import Response, request

STATIC_TYPES = {"image/svg+xml", "text/css", "text/javascript"}  # compressed well, and once
DYNAMIC_TYPES = {"application/json", "text/html"}
SMALLEST = 500  # bytes; compressing less gains nothing
CACHED = 64  # static responses
DYNAMIC_QUALITY = 5
STATIC_QUALITY = 11

# The best first. Browsers accept Brotli only over https and from their own machine.
ENCODINGS = ("br", "gzip")


def encode_content(response: Response) -> Response:
    """Return a response in the best encoding that the browser accepts, if that makes it smaller.

    Its ETag becomes weak, because the same content has other bytes. If-None-Match compares
    weakly, so a file that the browser has is still answered with 304.
    """
    if response.mimetype not in STATIC_TYPES | DYNAMIC_TYPES:
        return response
    if (response.content_length or SMALLEST) < SMALLEST:
        return response
    response.vary.add("Accept-Encoding")
    encoding = next((name for name in ENCODINGS if request.accept_encodings[name]), None)
    if encoding is None or response.status_code in {206, 304}:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if response.mimetype in STATIC_TYPES:
        response.set_data(_compress_once(body, encoding))
    else:
        response.set_data(_compress(body, encoding, DYNAMIC_QUALITY))
    response.headers["Content-Encoding"] = encoding
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _compress(body: bytes, encoding: str, quality: int) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=quality))
    return gzip.compress(body, mtime=0)


@lru_cache(CACHED)
def _compress_once(body: bytes, encoding: str) -> bytes:
    return _compress(body, encoding, STATIC_QUALITY)
