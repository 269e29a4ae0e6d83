"""Access control: one set of rules for Flask's requests and for connections that wait.

Both call `AccessControl.check` before anything else.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Protocol

from itsdangerous import BadSignature, TimestampSigner
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import SecurityError
from werkzeug.http import parse_cookie
from werkzeug.sansio.utils import get_host

from web.errors import ApiError, too_many_requests
from web.rate_limit import RateLimit, client_key

# Sent with every response. In connect-src, 'self' covers ws: and wss: of the same host, too.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",  # no-referrer would make the Origin of our own form null
    "X-Content-Type-Options": "nosniff",
}

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
PUBLIC_PATHS = ("/login", "/static/", "/favicon.ico")  # what the login page needs
COOKIE = "chat"
COOKIE_AGE = 30 * 86_400  # seconds

FOREIGN_HOST = (
    "This chat does not serve the host name in the address. Open the chat at its own address, or "
    "add the name to TRUSTED_HOSTS."
)
PORT = re.compile(r":\d+\Z")

Server = tuple[str, int | None]  # an address and a port


class Headers(Protocol):
    """The headers of a request: those of Flask, or a dictionary with lower-case names."""

    def get(self, name: str, /) -> str | None:
        """Return the first header of this name."""


@dataclass(slots=True)
class RequestHead:
    """The parts of a request that access control needs."""

    method: str  # the handshake of a WebSocket counts as a GET
    scheme: str  # http, https, ws or wss
    path: str  # without the query
    server: Server | None  # the address that the request came to
    headers: Headers  # asked for by lower-case names; several Hosts are joined by commas
    address: str | None  # of the client, if it is known
    version: str = "1.1"  # of HTTP


class AccessControl:
    """The rules of one server: an optional password, and the host names that it answers to.

    The key that signs cookies is derived from the password. So cookies survive a restart, are
    valid on every server with the same password, and end when the password changes.

    Without `hosts`, a server that listens on loopback serves loopback names only. Otherwise a
    site could let its own name resolve to 127.0.0.1, and read the chat as a page of the same
    origin (DNS rebinding). `listens_on` is an address, by default the one in each request.
    """

    def __init__(
        self, password: str = "", hosts: Sequence[str] = (), listens_on: str | None = None
    ) -> None:
        self._password = password.encode()
        self._hosts = list(hosts) or None
        self._listens_on = listens_on
        # Cached, because it took a third of the time of a long poll.
        self._trusted_host = lru_cache(64)(self._find_trusted_host)
        self._attempts = RateLimit(burst=10, rate=0.1)
        # Slow on purpose: the owner of a cookie could otherwise try passwords offline.
        key = hashlib.scrypt(self._password, salt=b"one file chat", n=2**14, r=8, p=1)
        self._signer = TimestampSigner(key)

    @property
    def has_password(self) -> bool:
        """Whether the chat asks for a password."""
        return bool(self._password)

    def check(self, request: RequestHead) -> None:
        """Raise ApiError if a request is not allowed."""
        header = request.headers.get("host") or ""
        if "," in header or (not header and request.version >= "1.1"):
            raise ApiError(400, "bad_host", "A request of HTTP/1.1 must have exactly one Host.")
        if request.path == "/healthz":  # monitors ask by IP address, and it has no private data
            return
        host = self._trusted_host(request.scheme, header or None, request.server)
        if not _is_same_origin(request, host):
            raise ApiError(
                403, "forbidden", "Another site sent this request. Open the chat directly."
            )
        if (
            self.has_password
            and not request.path.startswith(PUBLIC_PATHS)
            and not self._is_logged_in(request)
        ):
            raise ApiError(401, "password", "This chat has a password. Log in first.")

    def log_in(self, password: str, address: str | None) -> str:
        """Return the value of the login cookie. Raises ApiError if the password is wrong."""
        client = client_key(address)
        if wait := self._attempts.wait(client):
            raise too_many_requests(wait, "Too many wrong passwords.")
        if not hmac.compare_digest(password.encode(), self._password):
            self._attempts.take(client)
            raise ApiError(401, "password", "Wrong password.")
        return self._signer.sign("in").decode()

    def _find_trusted_host(self, scheme: str, header: str | None, server: Server | None) -> str:
        """Return the host of a request, with its port. Raises ApiError if it is not trusted."""
        try:  # not request.host, which Flask reads before it knows the trusted hosts
            host = get_host(scheme, header, server, self._hosts)
        except SecurityError:
            raise ApiError(400, "bad_host", FOREIGN_HOST) from None
        listens_on = self._listens_on or (server or ("",))[0]
        if not self._hosts and _is_loopback(listens_on) and not _is_loopback(PORT.sub("", host)):
            raise ApiError(400, "bad_host", FOREIGN_HOST)
        return host

    def _is_logged_in(self, request: RequestHead) -> bool:
        """Return whether the request has our cookie or, as with curl -u, the password."""
        with suppress(BadSignature):
            cookies = parse_cookie(request.headers.get("cookie"))
            self._signer.unsign(cookies.get(COOKIE, ""), max_age=COOKIE_AGE)
            return True
        credentials = Authorization.from_header(request.headers.get("authorization"))
        if not credentials or credentials.type != "basic":
            return False
        return bool(self.log_in(credentials.password or "", request.address))


def _is_loopback(host: str) -> bool:
    """Return whether an address, or a host name without a port, is always this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        name = host.lower().removesuffix(".")
        return name == "localhost" or name.endswith(".localhost")


def _is_same_origin(request: RequestHead, host: str) -> bool:
    """Return whether a page of another site cannot have sent this request.

    This is the rule of Go's CrossOriginProtection. It covers unsafe methods, and WebSockets,
    which a browser lets any page open. A client that sends neither header is not a browser, so
    it has no cookies to abuse.
    """
    if request.method in SAFE_METHODS and request.scheme not in {"ws", "wss"}:
        return True
    if site := request.headers.get("sec-fetch-site"):
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return not origin or origin.partition("://")[2] == host
