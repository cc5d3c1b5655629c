"""Scheme and client address of a request that came through a proxy. Pure.

Only a trusted proxy's headers are believed: any other client can write anything into `X-Forwarded-For`. The
public address, or else the scheme, decides on `Secure`, `__Host-` and HSTS for browsers.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from litestar.types import Scope

HSTS: Final = b"max-age=31536000"
"""A year, without subdomains: a subdomain may belong to another owner."""
_FAR: Final = 32
"""Addresses read from the end of `X-Forwarded-For`. In a longer list the last address read is the client."""

Address = IPv4Address | IPv6Address


class Proxies:
    """The center's trusted proxies, and the public address for browsers."""

    def __init__(self, public_url: str = "", trusted: Iterable[str] = (), *, tls: bool = False) -> None:
        """Keep the parameters. `public_url`: `https://HOST[:PORT]`, or empty. `trusted`: addresses and
        networks. `tls`: this process serves TLS itself.

        Raises ValueError if an entry of `trusted` is neither an address nor a network.
        """
        self.origin: Final = public_url.rstrip("/").lower()
        self.is_https: Final = tls or self.origin.startswith("https://")
        """True if browsers must use https."""
        self._networks = tuple(ip_network(one) for one in trusted)

    def trusts(self, address: str) -> bool:
        """Return True if the address is a trusted proxy's."""
        known = address_of(address)
        return known is not None and self._is_ours(known)

    def client_address(self, scope: Scope) -> str:
        """Return the client's address: the peer, or the client named by a trusted proxy. Empty if unknown.

        `X-Forwarded-For` is read from the end, because each trusted proxy appends its own peer. The first
        address outside the trusted proxies is the client's. Addresses before the client's may be forged.
        """
        client = scope.get("client")
        peer = str(client[0]) if client else ""
        if not self._networks or not self.trusts(peer):
            return peer
        found = peer
        for text in reversed(_listed(scope, b"x-forwarded-for")[-_FAR:]):
            address = address_of(text)
            if address is None:
                break
            found = str(address)
            if not self._is_ours(address):
                break
        return found

    def secure(self, scope: Scope) -> bool:
        """Return True if the browser's request came by https."""
        if self.is_https or scope["scheme"] in ("https", "wss"):
            return True
        client = scope.get("client")
        if not client or not self._networks or not self.trusts(str(client[0])):
            return False
        return _listed(scope, b"x-forwarded-proto")[-1:] in (["https"], ["wss"])

    def is_own_page(self, origin: str | None, host: str | None) -> bool:
        """Return True if the request has no `Origin`, or the `Origin` of a page of this center."""
        if origin is None or (self.origin and origin.lower() == self.origin):
            return True
        return origin.partition("://")[2] == host

    def _is_ours(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self._networks)


def _listed(scope: Scope, name: bytes) -> list[str]:
    """Return the values of a header that may occur several times, each with several values by commas."""
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [part for value in values for one in value.split(",") if (part := one.strip())]


def address_of(text: str) -> Address | None:
    """Return the address in a text, which may have a port or a zone; None for any other text."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        known = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(known, IPv6Address):
        return known.ipv4_mapped or known
    return known
