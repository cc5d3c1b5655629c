"""What goes to servers outside: what became of it, whose certificates are believed, what is kept in files."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import msgspec


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """The next one has taken it. Whether somebody reads it is another matter."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """It will not be taken as it is, nor the same again."""

    why: str
    """For those who run the center: no address, and no word of the notice."""


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """It may have come or not; the same notice may be sent again."""

    why: str


Sent = Delivered | Refused | Later
NOT_BEYOND: Final = Refused(why="a simulated run tells nobody beyond this machine")


def trust(authority: str) -> ssl.SSLContext:
    """The machine's authorities, and one more. Raises OSError where its file is none."""
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cafile=authority)
    return context


def secret_in(path: str) -> str:
    """What the file holds, without the end of its line. Raises OSError; UnicodeError where it is no text."""
    return Path(path).read_text(encoding="utf-8").strip()


def is_here(host: str | None) -> bool:
    """Whether this names the very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
