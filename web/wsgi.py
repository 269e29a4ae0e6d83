"""Calls Flask from the asyncio loop, in a thread.

The body of a request was read before, and the response is buffered, so a request crosses from the
loop to a thread and back once. The library a2wsgi streams the response, crosses four times, and
served half as many posts a second (820 instead of 1,550).
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Response

from web.asgi_types import Scope, Send

# Requests that Flask answers at once. Posts among them share a flush: with 16 threads, 64 posters
# get a tenth less done.
THREADS = 32


class WsgiBridge:
    """A WSGI application, called by `respond` with requests whose body was read."""

    def __init__(self, application: Any) -> None:  # noqa: ANN401  # any WSGI application
        self._application = application
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="flask")

    async def respond(self, scope: Scope, body: bytes, send: Send) -> None:
        """Send the response of the application."""
        loop = asyncio.get_running_loop()
        environ = environ_from(scope, body)
        start, content = await loop.run_in_executor(self._threads, self._call, environ)
        await send(start)
        await send({"type": "http.response.body", "body": content})

    def _call(self, environ: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        response = Response.from_app(self._application, environ, buffered=True)
        headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in response.headers]
        start = {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": headers,
        }
        return start, response.get_data()


def environ_from(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the environ of WSGI (PEP 3333) for a request over ASGI."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": (scope["client"] or ("",))[0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if key in {"CONTENT_LENGTH", "TRANSFER_ENCODING"}:
            continue  # the body was read
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ
