"""Open the socket of a web; check its address, certificate and key.

The node holds the socket, so that a web that is started again finds those who wait.
"""

from __future__ import annotations

import socket
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from application.errors import NodeError
from model.settings.web import HttpSettings

BACKLOG: Final = 2048


def unguarded(http: HttpSettings, address: str) -> str:
    """Why the center does not listen on this address by these settings; empty: it may."""
    if http.certificate or http.behind_proxy or ip_address(address.partition("%")[0]).is_loopback:
        return ""
    return (
        f"http.host: {address} is reached from outside this machine, and there is no TLS. Make a certificate "
        "(securwoman certificate make --name HOST) and name it in http.certificate and http.key; or, where a "
        "proxy that has one stands before the center, set http.behind_proxy = true"
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at the first address of `host`; port 0 takes any. Raises NodeError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise NodeError(f"http.host: no address for {host}") from error
    family, _, _, _, address = found[0]
    listening = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise NodeError(
            f"cannot listen on {host} port {port}: {error.strerror}; try another --port"
        ) from error
    return listening


def unfit(certificate: Path, key: Path | None = None) -> str:
    """Why no server can be had with this certificate and key, which may be one file; empty: one can."""
    try:
        # A password: who has encrypted a key is told so, and not asked at a terminal that nobody sits at.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return "certificate and key do not belong together"
        return f"no certificate and unencrypted key in PEM ({error.reason or error})"
    except (OSError, ValueError) as error:
        return f"no certificate and unencrypted key in PEM ({error})"
    return ""
