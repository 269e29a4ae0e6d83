"""The address and the scheme of a client, as trusted proxies report them.

A proxy appends the address that it sees to X-Forwarded-For. The client may have written everything
before that, so it proves nothing.
"""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from web.asgi_types import Scope

EVERY_ADDRESS = "*"


class TrustedProxies:
    """The addresses and networks of proxies that are trusted; `*` trusts the nearest one."""

    def __init__(self, addresses: Sequence[str] = ()) -> None:
        self._nearest = EVERY_ADDRESS in addresses
        self._networks = [ip_network(a, strict=False) for a in addresses if a != EVERY_ADDRESS]

    def apply(self, scope: Scope) -> None:
        """Put the client's own address and scheme into the scope of a request."""
        peer = (scope.get("client") or ("",))[0]
        if not self.trusts_peer(peer):
            return
        scheme = _values(scope, b"x-forwarded-proto")[-1]
        if scheme in {"http", "https"}:
            scope["scheme"] = scheme if scope["type"] == "http" else scheme.replace("http", "ws")
        if client := self._client(_values(scope, b"x-forwarded-for")):
            scope["client"] = client, 0

    def trusts_peer(self, address: str) -> bool:
        """Return whether a connection from this address comes from a trusted proxy."""
        return self._nearest or self._trusts(address)

    def _client(self, forwarded: list[str]) -> str | None:
        """Return the client's address as the outermost trusted proxy saw it, or None."""
        client = None
        for text in reversed(forwarded):
            if not (address := _address(text)):
                break
            client = address
            if not self._trusts(address):
                break
        return client

    def _trusts(self, address: str) -> bool:
        if not self._networks or not _address(address):
            return False
        return any(ip_address(address) in network for network in self._networks)


def _values(scope: Scope, name: bytes) -> list[str]:
    """Return the values of a header that is a list, from all of its lines."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [value.strip() for value in ",".join(lines).split(",")]


def _address(text: str) -> str | None:
    """Return an IP address, without the port that some proxies add; None if it is not one."""
    candidates = (text, text.removeprefix("[").partition("]")[0], text.partition(":")[0])
    for candidate in candidates:
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None
