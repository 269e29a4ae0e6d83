"""Answers made small on their way, for browsers that ask for it. Streams never pass here."""

import gzip

from flask import Response, request

SHRINK = {
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
}
SMALLEST = 500  # bytes; below that, gzip gains nothing worth a packet


def compressed(response: Response) -> Response:
    """Return the answer as gzip, where that pays and the browser takes it.

    Its ETag becomes a weak one: the same content in other bytes. If-None-Match compares weakly,
    so that a file which the browser has is still answered with 304.
    """
    if response.mimetype not in SHRINK:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 304 or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    if len(body := response.get_data()) < SMALLEST or "Content-Range" in response.headers:
        return response
    response.set_data(gzip.compress(body, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response
