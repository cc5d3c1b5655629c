"""The web's side of the operators' headsets: sockets that somebody listens on, and that come and go."""

from __future__ import annotations

import socket
from pathlib import Path

from messages.ids import OperatorId
from runtime.published.voice_files import headset_socket


class Headsets:
    """Those that are connected. Nothing is said through them: the mixer of a scenario mixes nothing."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._listening: dict[OperatorId, socket.socket] = {}
        (run / "voice").mkdir(exist_ok=True)

    def connect(self, operator: OperatorId) -> None:
        """The operator's browser opens its voice socket."""
        path = headset_socket(self._run, operator)
        path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listening.bind(str(path))
        listening.listen()
        self._listening[operator] = listening

    def path(self, operator: OperatorId) -> Path:
        """Where it listens."""
        return headset_socket(self._run, operator)

    def is_connected(self, operator: OperatorId) -> bool:
        """Whether the operator's browser is there."""
        return operator in self._listening

    def disconnect(self, operator: OperatorId) -> None:
        """The operator's browser is closed."""
        self._listening.pop(operator).close()
        headset_socket(self._run, operator).unlink()

    def kill_web(self) -> None:
        """The web is killed: nobody listens any more, and the files stay."""
        for listening in self._listening.values():
            listening.close()
        self._listening.clear()

    def close(self) -> None:
        """Let go of everything."""
        self.kill_web()
