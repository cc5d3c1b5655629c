"""Requests to servers outside the center: their results, trusted certificates, secrets kept in files."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import msgspec


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """The next server has accepted the message. Delivery to a person stays unconfirmed."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The message was refused; sending the message again would give the same result."""

    why: str
    """Reason for the administrator, without the address and without any word of the notice."""


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome is unknown: the message may have arrived or not, and may be sent again."""

    why: str


Sent = Delivered | Refused | Later
NOT_BEYOND: Final = Refused(why="a simulated run sends nothing beyond this machine")


def trust(authority: str) -> ssl.SSLContext:
    """Return a TLS context that trusts the machine's authorities and the PEM file `authority`. Raises
    OSError if the file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cafile=authority)
    return context


def secret_in(path: str) -> str:
    """Return the content of the file without surrounding white space. Raises OSError, and UnicodeError if the
    file is no text.
    """
    return Path(path).read_text(encoding="utf-8").strip()


def is_here(host: str | None) -> bool:
    """Return True if the host is this machine: `localhost` or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
