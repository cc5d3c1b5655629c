"""What a node sees of its Supervisor beyond the process: whether it still does anything.

Death is seen by the process itself (`ManyProcesses.supervisor`, `.admin`); a Supervisor that hangs or was
stopped is seen here, by the sign of life that it gives twice a second.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND
from runtime import pidfd
from runtime.system.many_processes import ManyProcesses, Process

SILENT_US: Final = 3 * SECOND
LOOKS: Final = 3
"""So many looks in a row have to find it silent: after a machine was suspended, the first one always does."""


class SupervisorWatch:
    """Ends a Supervisor that lives and does nothing, so that another can take over."""

    def __init__(self, system: ManyProcesses) -> None:
        self._system = system
        self._whose = Process(0, 0)
        self._silent = 0
        self._since_us = 0

    def look(self) -> bool:
        """To be called about once a second. True: the Supervisor was silent for too long and is killed."""
        supervisor = self._system.supervisor
        now_us = self._system.env.clock.now_us()
        if supervisor != self._whose:
            self._whose, self._since_us, self._silent = supervisor, now_us, 0
        sign_us = max(self._since_us, self._system.env.directory.beaten_us())
        if now_us - sign_us <= SILENT_US or not supervisor.alive():
            self._silent = 0
            return False
        self._silent += 1
        return self._silent >= LOOKS and pidfd.kill(*supervisor)
