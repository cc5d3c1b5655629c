"""HTTP to this node's own web through its socket in the state directory, without any network."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path
from typing import Final

from runtime import unix_address

WEB_SOCKET: Final = "web.sock"
"""Name of the socket in the run directory."""


class LocalConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self.sock.settimeout(self.timeout)
        with unix_address.folder(self._path) as folder:
            self.sock.connect(f"{folder}/{self._path.name}")
