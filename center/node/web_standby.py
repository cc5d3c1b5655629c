"""The process that waits beside the web with everything imported, and becomes two at a word: the next web.

What a web needs longest for is its imports: a second of the processor, and more where others want it, in
which no alert is accepted. They are made once, and each web is a fork of what has them. The one that waits
opens nothing, and ends with its node; a web goes on without it.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from application.state.processes import ProcessId, identity
from center.node.frozen import StoppedWatch
from center.node.restarts import Restarts

GO: Final = b"g"
PID_BYTES: Final = 4
"""In which a web that begins says which process it is."""

Start = Callable[[socket.socket], "subprocess.Popen[bytes]"]


class WebStandby:
    """At most one process that waits, and the web that it was asked for."""

    def __init__(self, start: Start) -> None:
        """`start` starts one, its standard input this socket."""
        self._start = start
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._due_s = 0.0
        self._restarts = Restarts()
        self._stopped = StoppedWatch()
        self._asked = False
        self._begun: ProcessId | None = None
        self.process: ProcessId | None = None

    @property
    def wakes(self) -> tuple[int, ...]:
        """Descriptors that become readable when a web has begun, or the one that waits has died."""
        return () if self._line is None else (self._line.fileno(),)

    @property
    def suspicious(self) -> bool:
        """Whether to look again soon."""
        return self._stopped.suspicious

    def look(self, now_s: float) -> None:
        """Start a process that waits where none does; give up one that has died or was stopped."""
        if self._child is not None and (
            self._child.poll() is not None or self._stopped.look(self.process, now_s)
        ):
            self.end()
            self._due_s = now_s + self._restarts.died(now_s)
        if self._child is None and now_s >= self._due_s:
            self._line, theirs = socket.socketpair()
            self._line.setblocking(False)
            with theirs:
                self._child = self._start(theirs)
            self.process = identity(self._child.pid)
            if self._asked:
                self.ask()

    def ask(self) -> None:
        """Have a web begin: by the process that waits, or by the next one where none does."""
        self._asked = True
        if self._line is not None:
            with suppress(OSError):  # it has died, and is found so at the next look
                self._line.send(GO)

    def begun(self) -> ProcessId | None:
        """The web that was asked for, told once; None: there is none yet."""
        self._hear()
        begun, self._begun = self._begun, None
        return begun

    def _hear(self) -> None:
        with suppress(OSError):  # nothing yet
            if self._line is not None and (said := self._line.recv(PID_BYTES)):
                pid, self._asked = int.from_bytes(said), False
                # Of one that has died since then, whatever is born as that now is not it.
                self._begun = identity(pid) or ProcessId(pid=pid, started=0)

    def end(self) -> None:
        """Nobody is to wait any more."""
        if self._child is None or self._line is None:
            return
        self._child.kill()
        self._child.wait()
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RD)  # a web that has not said by now that it is there ends
        self._hear()
        self._line.close()
        self._child = self._line = self.process = None
