"""Address of an actor as opaque bytes, for files and messages.

The encoding is no pickle: a process that can write the directory's file must not be able to run code in its
readers.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address
from typing import Final

from thespian.actors import ActorAddress
from thespian.system.transport.IPBase import UDPv4ActorAddress

from runtime.errors import BadAddress

_PLACE: Final = b"T"
"""Prefix of a network address, unchanged since TCP: an old node can decode the address, and its messages stay
unheard without harm.
"""
_LOCAL: Final = b"L"


def to_bytes(address: ActorAddress) -> bytes:
    """Return the address for `from_bytes` in any process of the node. Raises BadAddress if the actor has none
    yet.
    """
    details = address.addressDetails
    if isinstance(details, str):
        return _LOCAL + details.encode()
    if isinstance(details, UDPv4ActorAddress):
        host, port = details.sockname[:2]
        return _PLACE + f"{host}:{port}".encode()
    raise BadAddress(f"{address} is not an address that others can use")


@lru_cache(maxsize=4096)
def from_bytes(data: bytes) -> ActorAddress:
    """Return the address that `to_bytes` has encoded. Raises BadAddress."""
    try:
        text = data[1:].decode()
    except UnicodeDecodeError as error:
        raise BadAddress(f"{data!r} names no actor") from error
    if data[:1] == _LOCAL and text:
        return ActorAddress(text)
    host, _, port = text.rpartition(":")
    # Numbers only: a name would cause a network lookup.
    if data[:1] == _PLACE and _is_ipv4(host) and port.isascii() and port.isdigit() and int(port) < 65536:
        return ActorAddress(UDPv4ActorAddress(host, int(port), external=True))
    raise BadAddress(f"{data!r} names no actor")


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True
