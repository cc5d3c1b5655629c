"""Ports that are no ttys: `socket://HOST:PORT`, a modem behind a terminal server or in another machine."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

SCHEME: Final = "socket"


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
