"""Answers made small on their way, for browsers that ask for it. Streams never pass here."""

import gzip
from functools import lru_cache

import brotli  # type: ignore[import-untyped]
from flask import Response, request

LASTING = {"image/svg+xml", "text/css", "text/javascript"}  # the same for all: done well, and once
PASSING = {"application/json", "text/html"}
SMALLEST = 500  # bytes; below that nothing is gained that is worth the work
KEPT = 64

# The best first. Browsers ask for Brotli only where nobody can tamper: over https, and at home.
CODINGS = ("br", "gzip")


def compressed(response: Response) -> Response:
    """Return the answer in the best coding that the browser takes, where that pays.

    Its ETag becomes a weak one: the same content in other bytes. If-None-Match compares weakly,
    so that a file which the browser has is still answered with 304.
    """
    if response.mimetype not in LASTING | PASSING:
        return response
    response.vary.add("Accept-Encoding")
    coding = next((coding for coding in CODINGS if request.accept_encodings[coding]), None)
    if coding is None or response.status_code in {206, 304}:
        return response
    response.direct_passthrough = False
    if len(body := response.get_data()) < SMALLEST:
        return response
    lasting = response.mimetype in LASTING
    response.set_data(_remembered(body, coding) if lasting else _small(body, coding, 5))
    response.headers["Content-Encoding"] = coding
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _small(body: bytes, coding: str, quality: int) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(body, quality=quality))
    return gzip.compress(body, mtime=0)


@lru_cache(KEPT)
def _remembered(body: bytes, coding: str) -> bytes:
    return _small(body, coding, 11)
