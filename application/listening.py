"""Socket of the web: open it, and check its address, certificate and key.

The node holds the socket, so that a restarted web finds the waiting clients.
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
    """Return the reason why these settings forbid listening on this address; empty if permitted."""
    if http.certificate or http.behind_proxy or ip_address(address.partition("%")[0]).is_loopback:
        return ""
    return (
        f"http.host: {address} is reached from outside this machine, and there is no TLS. Make a certificate "
        "(securwoman certificate make --name HOST) and name it in http.certificate and http.key; or, where a "
        "proxy that has one stands before the center, set http.behind_proxy = true"
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket at the first address of `host`; port 0 takes any port. Raises NodeError."""
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
    """Return the reason why a server cannot use this certificate and key (or one file); empty if it can."""
    try:
        # A password, so that an encrypted key fails instead of prompting at an unattended terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return "the certificate does not match the key"
        return f"no certificate and unencrypted key in PEM ({error.reason or error})"
    except (OSError, ValueError) as error:
        return f"no certificate and unencrypted key in PEM ({error})"
    return ""
