"""Names in the settings for a modem's port and for its voice. Pure.

A path; `usb:…`, a socket of the machine; `socket://HOST:PORT`, a modem behind a terminal server or in another
machine; `alsa`, a sound card.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

SCHEME: Final = "socket"
USB: Final = "usb:"
POSITION: Final = re.compile(r"usb:(?P<device>\d+-\d+(?:\.\d+)*)(?::(?P<interface>\d+\.\d+))?")
"""`usb:1-2.3:1.0`: tty of that interface at that USB position, by the kernel's name; `modem list` prints it.
"""
CARD: Final = "alsa"
"""Value of `voice_port` for the modem's own sound card, which is found automatically; `alsa:NAME` names a
card wired to the modem's analogue pins.
"""


def is_address(port: str) -> bool:
    """Return True if the name is an address and not a path."""
    return "://" in port


def one_name(port: str) -> str:
    """Return a canonical form of an address; a path unchanged."""
    if not is_address(port):
        return port
    try:
        host, number = tcp_address(port)
    except ValueError:
        return port
    return f"{SCHEME}://{host}:{number}"


def tcp_address(port: str) -> tuple[str, int]:
    """Return host and port. Raises ValueError with the fault."""
    try:
        url = urlsplit(port)
        host, number = url.hostname, url.port
    except ValueError as error:
        raise ValueError(f"expected socket://HOST:PORT ({error})") from error
    if url.scheme != SCHEME or not host or not number or url.path or url.query or url.username is not None:
        raise ValueError("expected socket://HOST:PORT")
    return host, number


def by_card(voice_port: str) -> bool:
    """Return True if the setting names a sound card for the line's voice."""
    return voice_port.partition(":")[0] == CARD


def is_port_name(port: str) -> bool:
    """Return True if the setting is a valid name of a port: a path, or `usb:…`."""
    return not port.startswith(USB) or POSITION.fullmatch(port) is not None
