"""Who may come in: one set of rules for Flask's requests and for connections that wait.

Both ask `Gate.check` before anything else. Nothing here knows the dialog.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress

from itsdangerous import BadSignature, TimestampSigner
from werkzeug.exceptions import SecurityError
from werkzeug.sansio.request import Request
from werkzeug.sansio.utils import get_host

from web.api import Refused, too_fast
from web.rate_limit import Limit, source

# Sent with every answer. 'self' covers ws: and wss: of the same host, too.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",  # no-referrer would make our own form's Origin null
    "X-Content-Type-Options": "nosniff",
}

READING = {"GET", "HEAD", "OPTIONS"}
OPEN = ("/login", "/static/")  # what the page that asks for the password needs
COOKIE = "chat"
COOKIE_AGE = 30 * 86_400  # seconds


class Gate:
    """The rules of one server: an optional password, and the host names that it answers to.

    The key of the cookies follows from the password: they outlive a restart, hold for every
    server with this password, and end with it.
    """

    def __init__(self, password: str = "", hosts: Sequence[str] = ()) -> None:
        self._password = password.encode()
        self._hosts = list(hosts) or None
        self._tries = Limit(burst=10, rate=0.1)
        # Slow on purpose: who has a cookie could otherwise try passwords at home.
        key = hashlib.scrypt(self._password, salt=b"one file chat", n=2**14, r=8, p=1)
        self._signer = TimestampSigner(key)

    @property
    def locked(self) -> bool:
        """Whether there is a password."""
        return bool(self._password)

    def check(self, request: Request) -> None:
        """Let this request in, or raise Refused."""
        if request.path == "/healthz":  # asked by machines, by address; tells nothing private
            return
        try:  # not request.host: Flask has read it before we can say which ones we trust
            host = get_host(
                request.scheme, request.headers.get("Host"), request.server, self._hosts
            )
        except SecurityError:
            raise Refused(400, "bad_host", "This chat does not answer to that name.") from None
        if not _from_here(request, host):
            raise Refused(403, "forbidden", "Another site asked for this. Open the chat itself.")
        if self.locked and not request.path.startswith(OPEN) and not self._known(request):
            raise Refused(401, "password", "This chat asks for a password.")

    def admit(self, password: str, address: str | None) -> str:
        """Return the value of a cookie for the one who knows the password. Refused."""
        client = source(address)
        if wait := self._tries.wait(client):
            raise too_fast(wait, "Too many tries.")
        if not hmac.compare_digest(password.encode(), self._password):
            self._tries.take(client)
            raise Refused(401, "password", "This is not the password.")
        return self._signer.sign("in").decode()

    def _known(self, request: Request) -> bool:
        """Whether the request has our cookie or, as curl -u does it, the password."""
        with suppress(BadSignature):
            self._signer.unsign(request.cookies.get(COOKIE, ""), max_age=COOKIE_AGE)
            return True
        given = request.authorization
        if not given or given.type != "basic":
            return False
        return bool(self.admit(given.password or "", request.remote_addr))


def gate_of(environ: Mapping[str, str]) -> Gate:
    """Make the gate that CHAT_PASSWORD and TRUSTED_HOSTS ask for."""
    hosts = environ.get("TRUSTED_HOSTS", "").replace(",", " ").split()
    return Gate(environ.get("CHAT_PASSWORD", ""), hosts)


def _from_here(request: Request, host: str) -> bool:
    """Whether our own page asks, or no page at all, where it matters.

    The rule of Go's CrossOriginProtection, for whatever writes and for sockets, which a browser
    lets any page open. What sends neither header is no browser, and has no one's cookies.
    """
    if request.method in READING and request.scheme not in {"ws", "wss"}:
        return True
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == host
