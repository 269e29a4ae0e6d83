"""Answers made small on their way, for browsers that ask for it. Streams never pass here."""

import gzip
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
from flask import Response, request

SHRINK = {
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
}
SMALLEST = 500  # bytes; below that nothing is gained that is worth the work


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=5))  # more costs much time for little


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


# The best first. Browsers ask for Brotli only where nobody can tamper: over https, and at home.
CODINGS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}


def compressed(response: Response) -> Response:
    """Return the answer in the best coding that the browser takes, where that pays.

    Its ETag becomes a weak one: the same content in other bytes. If-None-Match compares weakly,
    so that a file which the browser has is still answered with 304.
    """
    if response.mimetype not in SHRINK:
        return response
    response.vary.add("Accept-Encoding")
    coding = next((coding for coding in CODINGS if request.accept_encodings[coding]), None)
    if coding is None or response.status_code in {206, 304}:
        return response
    response.direct_passthrough = False
    if len(body := response.get_data()) < SMALLEST:
        return response
    response.set_data(CODINGS[coding](body))
    response.headers["Content-Encoding"] = coding
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response
