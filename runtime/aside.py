"""Work that may block, such as a flush to a disk that stands still, done by a process aside.

For the Supervisor, which must not block and may not have threads, because it forks.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Final, Protocol

from runtime import logs, pidfd
from runtime.system import birth

WITHIN_S: Final = 30
"""It is killed when it takes longer."""
FAILED: Final = 1


class NotDone(Exception):
    """The work failed for a foreseen cause that passes: the log has one line of it, and no traceback."""


class Aside(Protocol):
    """Work that goes on, or has gone on, somewhere else."""

    def ended(self, wait_s: float = 0.0) -> bool | None:
        """True: done. False: failed. None: neither yet, after `wait_s`."""
        ...


class ForkedAside:
    """Done by a fork of the calling process, which has only this to do."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._pid = os.fork()
        if self._pid == 0:
            _be_aside(work)
        self._fd = os.pidfd_open(self._pid)
        self._result: bool | None = None

    def ended(self, wait_s: float = 0.0) -> bool | None:
        if self._result is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG) if pidfd.readable(self._fd, wait_s) else (0, 0)
            if pid:
                os.close(self._fd)
                self._result = status == 0
        return self._result


def _be_aside(work: Callable[[], None]) -> None:
    status = FAILED
    try:
        birth.leave_parent_behind()
        for signum in (signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD):
            # The parent's handlers speak to the parent's actor system.
            signal.signal(signum, signal.SIG_DFL)
        signal.alarm(WITHIN_S)
        status = 0 if _is_done(work) else FAILED
    finally:
        os._exit(status)


def _is_done(work: Callable[[], None]) -> bool:
    try:
        work()
    except NotDone as error:
        logs.get("aside").warning("not done", error=str(error))
    except Exception:
        logs.get("aside").exception("failed")
    else:
        return True
    return False


class DoneAside:
    """Done at once, for the actor system in one process."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._done = _is_done(work)

    def ended(self, wait_s: float = 0.0) -> bool | None:
        return self._done
