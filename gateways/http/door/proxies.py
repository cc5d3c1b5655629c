"""Behind a proxy: by which scheme a request has come, and from whose address. Pure.

Only what a trusted proxy says is believed: a request of anybody else says in `X-Forwarded-For` what it likes.
What browsers are told (`Secure`, `__Host-`, HSTS) follows from the public address, or from the scheme.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from litestar.types import Scope

HSTS: Final = b"max-age=31536000"
"""A year. Not for the names below it, which may be somebody else's."""
_FAR: Final = 32
"""So many addresses of one `X-Forwarded-For` are looked at; who sends more is the last of them."""

Address = IPv4Address | IPv6Address


class Proxies:
    """Which addresses are the center's own proxies, and where browsers find it."""

    def __init__(self, public_url: str = "", trusted: Iterable[str] = (), *, tls: bool = False) -> None:
        """`public_url`: `https://HOST[:PORT]`, or empty. `trusted`: addresses and networks. `tls`: ours.

        Raises ValueError for what is neither.
        """
        self.origin: Final = public_url.rstrip("/").lower()
        self.is_https: Final = tls or self.origin.startswith("https://")
        """Whether browsers are to come by https alone."""
        self._networks = tuple(ip_network(one) for one in trusted)

    def trusts(self, address: str) -> bool:
        """Whether this is one of our proxies."""
        known = address_of(address)
        return known is not None and self._is_ours(known)

    def client_address(self, scope: Scope) -> str:
        """From where it has come: the peer, or whom our proxies name. Empty where no address is known.

        `X-Forwarded-For` is read from its end: each of ours has put down whom it has heard, and the first
        that is none of ours is the client; what stands before it anybody may have written.
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
        """Whether the browser has asked by https."""
        if self.is_https or scope["scheme"] in ("https", "wss"):
            return True
        client = scope.get("client")
        if not client or not self._networks or not self.trusts(str(client[0])):
            return False
        return _listed(scope, b"x-forwarded-proto")[-1:] in (["https"], ["wss"])

    def is_own_page(self, origin: str | None, host: str | None) -> bool:
        """Whether a request with this `Origin` is of a page of ours; without one it is of no page."""
        if origin is None or (self.origin and origin.lower() == self.origin):
            return True
        return origin.partition("://")[2] == host

    def _is_ours(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self._networks)


def _listed(scope: Scope, name: bytes) -> list[str]:
    """What stands in a header that may come several times, and hold several by commas each time."""
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [part for value in values for one in value.split(",") if (part := one.strip())]


def address_of(text: str) -> Address | None:
    """An address, also with a port or a zone; None for anything else."""
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
