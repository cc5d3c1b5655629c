"""STUN messages of an ICE-lite agent: verify a connectivity check, and answer it. Pure.

RFC 8489 for the messages, RFC 8445 for the checks. A lite agent answers checks and sends none, so no offer
can make the center send datagrams to a third party.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from zlib import crc32

import msgspec

_HEADER: Final = struct.Struct("!HHI12s")
_MAGIC: Final = 0x2112A442
_REQUEST: Final = 0x0001
_SUCCESS: Final = 0x0101
_USERNAME: Final = 0x0006
_INTEGRITY: Final = 0x0008
_XOR_MAPPED_ADDRESS: Final = 0x0020
_USE_CANDIDATE: Final = 0x0025
_FINGERPRINT: Final = 0x8028
_FINGERPRINT_XOR: Final = 0x5354554E
_INTEGRITY_BYTES: Final = 20
MAX_BYTES: Final = 548
"""Longest accepted message: the most that fits into any IPv4 datagram (RFC 8489, 6.1)."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Connectivity check whose password has not been verified yet."""

    transaction: bytes
    local_ufrag: str
    """The receiver's user name fragment: names the session."""
    nominated: bool
    """True if the sender selects this path (USE-CANDIDATE)."""
    signed: bytes
    """Beginning of the message up to its MESSAGE-INTEGRITY, with the length of the header set for it."""
    integrity: bytes

    def is_authentic(self, password: str) -> bool:
        """Return True if the sender knows the password of the session (RFC 8489, 14.5)."""
        return hmac.compare_digest(hmac.digest(password.encode(), self.signed, "sha1"), self.integrity)


def parse_check(data: bytes) -> Check | None:
    """Return the connectivity check; None for any other or malformed datagram."""
    if not _HEADER.size <= len(data) <= MAX_BYTES:
        return None
    kind, length, magic, transaction = _HEADER.unpack_from(data)
    if (kind, magic) != (_REQUEST, _MAGIC) or length != len(data) - _HEADER.size:
        return None
    ufrag, nominated = "", False
    for attribute, at, value in _attributes(data):
        if attribute == _USERNAME:
            ufrag = value.partition(b":")[0].decode("ascii", "replace")
        elif attribute == _USE_CANDIDATE:
            nominated = True
        elif attribute == _INTEGRITY and len(value) == _INTEGRITY_BYTES and ufrag:
            return Check(
                transaction=transaction,
                local_ufrag=ufrag,
                nominated=nominated,
                signed=_with_length(data[:at], at + 4 + _INTEGRITY_BYTES),
                integrity=value,
            )
    return None


def answer_check(check: Check, password: str, host: str, port: int) -> bytes:
    """Return the success response, which tells the sender its own address as seen here (RFC 8489, 14.2)."""
    message = _HEADER.pack(_SUCCESS, 0, _MAGIC, check.transaction)
    message += _attribute(_XOR_MAPPED_ADDRESS, _xor_address(host, port, check.transaction))
    signed = _with_length(message, len(message) + 4 + _INTEGRITY_BYTES)
    message += _attribute(_INTEGRITY, hmac.digest(password.encode(), signed, "sha1"))
    message = _with_length(message, len(message) + 8)
    return message + _attribute(_FINGERPRINT, (crc32(message) ^ _FINGERPRINT_XOR).to_bytes(4, "big"))


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield type, offset and value of each attribute; stop at the first that exceeds the message."""
    at = _HEADER.size
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("!HH", data, at)
        if at + 4 + length > len(data):
            return
        yield kind, at, data[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _with_length(message: bytes, total: int) -> bytes:
    """Return the message with the length in its header set for `total` bytes."""
    return message[:2] + struct.pack("!H", total - _HEADER.size) + message[4:]


def _xor_address(host: str, port: int, transaction: bytes) -> bytes:
    address = ip_address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # a sender over IPv4, at a socket of both families
    mask = _MAGIC.to_bytes(4, "big") + transaction
    hidden = bytes(one ^ other for one, other in zip(address.packed, mask, strict=False))
    family = 1 if isinstance(address, IPv4Address) else 2
    return struct.pack("!BBH", 0, family, port ^ _MAGIC >> 16) + hidden
