"""A web that waits: it has imported everything, and serves when it is told to.

What a web needs longest for is its imports: a second of the processor, and more where others want it, in
which no alert is accepted. Whoever waits has them behind it. It opens nothing, and ends with its node.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from center.doctor.machine.stopped import StoppedWatch
from center.node.processes import ProcessId, identity
from center.node.restarts import Restarts

AFTER_S: Final = 10.0
"""So long after the web has answered: until then the actors want the processor, after the death of a whole
center until the last call is taken over."""
GO: Final = b"go\n"

Start = Callable[[], "subprocess.Popen[bytes]"]


class WebStandby:
    """At most one process that waits."""

    def __init__(self, start: Start) -> None:
        """`start` starts one, its standard input a pipe of ours."""
        self._start = start
        self._child: subprocess.Popen[bytes] | None = None
        self._due_s: float | None = None
        self._restarts = Restarts()
        self._stopped = StoppedWatch()
        self.process: ProcessId | None = None

    def look(self, now_s: float, *, healthy: bool) -> None:
        """See that somebody waits, as long as the web itself is well."""
        if self._child is not None:
            if self._child.poll() is not None or self._stopped.look(self.process, now_s):
                self.end()
                self._due_s = now_s + self._restarts.died(now_s)
            return
        if not healthy:
            self._due_s = None
            return
        if self._due_s is None:
            self._due_s = now_s + AFTER_S
        if now_s >= self._due_s:
            self._due_s = None
            self._child = self._start()
            self.process = identity(self._child.pid)

    @property
    def suspicious(self) -> bool:
        """Whether to look again soon."""
        return self._stopped.suspicious

    def go(self) -> subprocess.Popen[bytes] | None:
        """Have it serve; None where nobody waits."""
        child, self._child, self.process = self._child, None, None
        if child is None:
            return None
        assert child.stdin is not None
        try:
            child.stdin.write(GO)
            child.stdin.close()
        except OSError:
            with suppress(OSError):
                child.stdin.close()
            child.kill()
            child.wait()
            return None
        return child

    def end(self) -> None:
        """Nobody is to wait any more."""
        child, self._child, self.process = self._child, None, None
        if child is not None:
            child.kill()
            child.wait()
            assert child.stdin is not None
            with suppress(OSError):
                child.stdin.close()
