"""Voice ports of this process, by path: none is opened twice at a time.

Record locks belong to the process: closing any descriptor of a terminal releases the lock of all (fcntl(2)),
and another process could claim a port in use (`media.ports.claim`). So a path is opened again only after the
close of its former port has returned.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from media.ports.opening import PortAround
from media.ports.voice_port import VoicePort, VoicePortMissing, VoicePortSpec

CLOSES_WITHIN_S: Final = 0.5
"""Time for the former port to be closed, in seconds; the caller tries again later."""
CLAIMED: Final = frozenset({"tty", "alsa"})
"""Kinds of ports that are used by one opener at a time."""
_LOOK_S: Final = 0.001


class OpenPorts:
    """Open ports of this process."""

    def __init__(self, open_port: Callable[[VoicePortSpec], VoicePort]) -> None:
        self._open_port = open_port
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        """Paths that are open, or about to be opened or closed."""

    def open(self, spec: VoicePortSpec) -> VoicePort:
        """Open the port, once a former port of its path is closed. Raises VoicePortMissing and the errors of
        the opener; may wait.
        """
        if spec.kind not in CLAIMED:
            return self._open_port(spec)
        until = time.monotonic() + CLOSES_WITHIN_S
        while not self._begins(spec.path):
            if time.monotonic() > until:
                raise VoicePortMissing(f"{spec.path}: another conference of this process has the port")
            time.sleep(_LOOK_S)
        try:
            return _OpenPort(self._open_port(spec), lambda: self._ends(spec.path))
        except BaseException:
            self._ends(spec.path)
            raise

    def _begins(self, path: str) -> bool:
        """Return True if the path is free, and mark it as being opened."""
        with self._lock:
            free = path not in self._paths
            self._paths.add(path)
            return free

    def _ends(self, path: str) -> None:
        with self._lock:
            self._paths.discard(path)


class _OpenPort(PortAround):
    """Port that tells when its close has returned."""

    def __init__(self, port: VoicePort, closed: Callable[[], None]) -> None:
        super().__init__(port)
        self._closed: Callable[[], None] | None = closed

    def close(self) -> None:
        closed, self._closed = self._closed, None
        if closed is not None:  # a second close must not free the path of the next port
            try:
                self._port.close()
            finally:
                closed()
