"""Which addresses this machine's processes listen on, from proc(5)."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TABLES: Final = (("tcp", 4, "0A"), ("tcp6", 6, "0A"), ("udp", 4, "07"), ("udp6", 6, "07"))
"""Of each protocol: the IP version, and the state of a socket that takes what anybody sends."""
_SOCKET: Final = re.compile(r"socket:\[(\d+)\]")


class Listener(NamedTuple):
    """A socket that takes what comes from anybody who reaches it."""

    protocol: str
    """`tcp` or `udp`."""
    address: Address
    port: int


def listening(pids: Iterable[int]) -> dict[Listener, int]:
    """Where these processes listen, and one of those who do."""
    all_sockets: dict[str, Listener] = {}
    for name, version, state in _TABLES:
        all_sockets |= _table(name, version, state)
    found = {}
    for pid in pids:
        for inode in _sockets_of(pid):
            if (where := all_sockets.get(inode)) is not None:
                found[where] = pid
    return found


def exposure(address: Address) -> str:
    """Who can reach it, in words."""
    if address.is_loopback:
        return "this machine"
    if address.is_unspecified:
        return "every network of this machine"
    return "a private network" if address.is_private or address.is_link_local else "the internet"


def _sockets_of(pid: int) -> Iterator[str]:
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return
    for fd in descriptors:
        with suppress(OSError):  # closed meanwhile, as the one that has listed them
            if match := _SOCKET.fullmatch(os.readlink(f"/proc/{pid}/fd/{fd}")):
                yield match[1]


def _table(name: str, version: int, state: str) -> dict[str, Listener]:
    """Inode to local address, of sockets in this state."""
    try:
        lines = Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    except OSError:
        return {}
    found: dict[str, Listener] = {}
    for line in lines:
        fields = line.split()
        if fields[3] != state:
            continue
        host, _, port = fields[1].partition(":")
        # Each word of the address is in this machine's own byte order.
        words = [int(host[i : i + 8], 16) for i in range(0, len(host), 8)]
        packed = struct.pack(f"={len(words)}I", *words)
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        address = ipaddress.ip_address(socket.inet_ntop(family, packed))
        found[fields[9]] = Listener(name.removesuffix("6"), address, int(port, 16))
    return found
