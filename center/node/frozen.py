"""Processes that somebody has stopped (SIGSTOP): alive, silent for ever, and seen in the kernel's list.

One that hangs is found by its silence, which takes longer. A debugger's stop is another state, and spared.
"""

from __future__ import annotations

from typing import Final

from application.state.processes import ProcessId
from runtime import pidfd

STOPPED_S: Final = 0.5
"""One that is told to go on within this was only held for a moment."""
LOOK_AGAIN_S: Final = 0.3
"""How soon to look again once somebody is found stopped."""


class StoppedWatch:
    """Of a few processes: who is stopped, and since when."""

    def __init__(self) -> None:
        self._since_s: dict[ProcessId, float] = {}

    @property
    def suspicious(self) -> bool:
        """Whether somebody was stopped at the last look."""
        return bool(self._since_s)

    def look(self, process: ProcessId | None, now_s: float) -> bool:
        """Whether this process has been stopped for too long, and is to be ended."""
        if process is None:
            return False
        if not pidfd.stopped(process.pid, process.started):
            self._since_s.pop(process, None)
            return False
        if now_s - self._since_s.setdefault(process, now_s) < STOPPED_S:
            return False
        del self._since_s[process]
        return True
