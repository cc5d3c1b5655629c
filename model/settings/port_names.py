"""How the settings name a modem's port and where its voice is. Pure.

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
"""`usb:1-2.3:1.0`: the tty of that interface at that socket, by the kernel's name; `modem list` shows it."""
CARD: Final = "alsa"
"""What `voice_port` is where the line's voice is the modem's own sound card, found by itself; `alsa:NAME` is
one that is wired to its analogue pins."""


def is_address(port: str) -> bool:
    """Whether this names something else than a path."""
    return "://" in port


def one_name(port: str) -> str:
    """The same for every spelling of one address; a path as it is."""
    if not is_address(port):
        return port
    try:
        host, number = tcp_address(port)
    except ValueError:
        return port
    return f"{SCHEME}://{host}:{number}"


def tcp_address(port: str) -> tuple[str, int]:
    """Host and port. Raises ValueError with what is wrong."""
    try:
        url = urlsplit(port)
        host, number = url.hostname, url.port
    except ValueError as error:
        raise ValueError(f"expected socket://HOST:PORT ({error})") from error
    if url.scheme != SCHEME or not host or not number or url.path or url.query or url.username is not None:
        raise ValueError("expected socket://HOST:PORT")
    return host, number


def by_card(voice_port: str) -> bool:
    """Whether a setting says that the line's voice is a sound card."""
    return voice_port.partition(":")[0] == CARD


def is_port_name(port: str) -> bool:
    """Whether a setting can name a port so: a path, or `usb:…`."""
    return not port.startswith(USB) or POSITION.fullmatch(port) is not None
