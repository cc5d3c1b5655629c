"""Voice ports of this process, by path: none is opened twice at a time.

Record locks belong to the process: closing any descriptor of a terminal releases the lock of all (fcntl(2)),
and another process could claim a port in use (`media.ports.claim`). So a path is opened again only after its
former port is closed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from media.ports.voice_port import VoicePort, VoicePortMissing, VoicePortSpec

CLOSES_WITHIN_S: Final = 0.5
"""Time for the former port to be closed, in seconds; the caller tries again later."""
_LOOK_S: Final = 0.001
_CLAIMED: Final = frozenset({"tty", "alsa"})
"""Kinds of ports that are used by one opener at a time."""


class OpenPorts:
    """Open ports of this process."""

    def __init__(self, open_port: Callable[[VoicePortSpec], VoicePort]) -> None:
        self._open_port = open_port
        self._lock = threading.Lock()
        self._ports: dict[str, VoicePort | None] = {}
        """The last port of each path; None while it is being opened."""

    def open(self, spec: VoicePortSpec) -> VoicePort:
        """Open the port, once a former port of its path is closed. Raises VoicePortMissing and the errors of
        the opener; may wait.
        """
        if spec.kind not in _CLAIMED:
            return self._open_port(spec)
        until = time.monotonic() + CLOSES_WITHIN_S
        while not self._begins(spec.path):
            if time.monotonic() > until:
                raise VoicePortMissing(f"{spec.path}: another conference of this process has the port")
            time.sleep(_LOOK_S)
        try:
            port = self._open_port(spec)
        except BaseException:
            with self._lock:
                del self._ports[spec.path]
            raise
        with self._lock:
            self._ports[spec.path] = port
        return port

    def _begins(self, path: str) -> bool:
        """Return True if the path is free, and mark it as being opened."""
        with self._lock:
            if path in self._ports:
                port = self._ports[path]
                if port is None or port.fileno() >= 0:
                    return False
            self._ports[path] = None
            return True
