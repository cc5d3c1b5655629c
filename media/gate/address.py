"""Where a voice gate listens: at an address that only the nodes' own network reaches.

The hello keeps out who does not know the secret, but what is said afterwards goes as it is: whoever can read
or change packets on the way hears and speaks. So the way has to be private (a cable, a VPN), and a public
address is refused unless somebody has said in so many words that it is meant.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from media.gate.wire import prepare

_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")
"""RFC 6598: no internet, and where many VPNs put their nodes."""
BACKLOG: Final = 128
"""After a gate's restart all bridges come at once; who finds no room asks again only after a second."""


class AddressRefused(ValueError):
    """A voice gate must not listen there. The text is for the person on duty."""


def check_private(host: str, *, public: bool = False) -> None:
    """Raises AddressRefused. `public`: an address of the internet is meant; every address never is."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise AddressRefused(f"{host} is no address; a voice gate listens at one, not at a name") from error
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_unspecified or address.is_multicast:
        raise AddressRefused(f"{host} is no address of one network; a voice gate listens at the private one")
    shared = address.version == _SHARED.version and address in _SHARED
    if not (public or address.is_private or address.is_loopback or address.is_link_local or shared):
        raise AddressRefused(f"{host} is a public address; what is said would cross the internet")


def listening(host: str, ports: Sequence[int], *, public: bool = False) -> socket.socket:
    """A socket that listens at the first of these ports that is free. Raises AddressRefused, OSError."""
    check_private(host, public=public)
    for port in ports[:-1]:
        with suppress(OSError):
            return _listening(host, port)
    return _listening(host, ports[-1])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        # Its predecessor's connections may still be dying.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        prepare(made)
        made.bind((host, port))
        made.listen(BACKLOG)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
