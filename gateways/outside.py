"""Requests to servers outside the center: their results, trusted certificates, secrets kept in files."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import msgspec


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """Accepted by the next server. Whether a person reads the message stays unknown."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Refused as it is; sending the message again gives the same result."""

    why: str
    """Reason for the administrator, without the address and without any word of the notice."""


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome unknown: the message may have arrived or not, and may be sent again."""

    why: str


Sent = Delivered | Refused | Later
NOT_BEYOND: Final = Refused(why="a simulated run tells nobody beyond this machine")


def trust(authority: str) -> ssl.SSLContext:
    """Return a TLS context with the machine's authorities and those of the PEM file `authority`. Raises
    OSError if the file holds none.
    """
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cafile=authority)
    return context


def secret_in(path: str) -> str:
    """Return the content of the file without the end of its line. Raises OSError, and UnicodeError if the
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
