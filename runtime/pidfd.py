"""Processes as the kernel reports them: life, time of birth, and notification of death."""

from __future__ import annotations

import ctypes
import os
import select
import signal
from typing import Final, NamedTuple

_START_TIME: Final = 22
"""proc(5): field 22 of /proc/PID/stat, in clock ticks since the start of the machine."""
_STATE: Final = 3
_PARENT: Final = 4
_GROUP: Final = 5
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NAME: Final = 15


def _stat(pid: int) -> list[str] | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the command in brackets, and may itself contain brackets and spaces.
    return text[text.rindex(")") + 2 :].split()


def start_time_of(pid: int) -> int:
    """Return the kernel's start time of the process, in clock ticks since the boot, unique with its pid; 0 if
    there is no such process or it is a zombie.
    """
    fields = _stat(pid)
    if fields is None or fields[_STATE - 3] in ("Z", "X"):
        return 0
    return int(fields[_START_TIME - 3])


def alive(pid: int, since: int) -> bool:
    """Return True if this very process, born at `since`, is running."""
    return pid > 0 and since != 0 and start_time_of(pid) == since


def stopped(pid: int, since: int) -> bool:
    """Return True if this very process, born at `since`, is stopped by a signal; False for a traced
    process.
    """
    fields = _stat(pid)
    return fields is not None and fields[_STATE - 3] == "T" and int(fields[_START_TIME - 3]) == since


def parent(pid: int) -> int:
    """Return the pid of the process's parent; 0 if there is no such process."""
    fields = _stat(pid)
    return 0 if fields is None else int(fields[_PARENT - 3])


def group_members(group: int) -> list[int]:
    """Return the living processes of a process group."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _stat(int(name))
            if (
                fields is not None
                and int(fields[_GROUP - 3]) == group
                and fields[_STATE - 3] not in ("Z", "X")
            ):
                found.append(int(name))
    return found


class Condition(NamedTuple):
    """State of a silent process, from the kernel."""

    stopped: bool
    """True if stopped by a signal (SIGSTOP) until continued. A debugger's halt does not count."""
    waited_us: int
    """Total time that its main thread was ready to run without a processor, in microseconds."""


def condition(pid: int) -> Condition:
    """Return the state of the process; an absent process is not stopped."""
    fields = _stat(pid)
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            waited_ns = int(file.read().split()[1])
    except (OSError, IndexError):
        # Absent meanwhile, or a kernel without these statistics: the silence of the process then counts in
        # full.
        waited_ns = 0
    return Condition(fields is not None and fields[_STATE - 3] == "T", waited_ns // 1000)


def kill(pid: int, since: int, signum: int = signal.SIGKILL) -> bool:
    """Send the signal to this very process, never to a later one with its pid. Return False if this process
    has ended.
    """
    try:
        fd = os.pidfd_open(pid)
    except (ProcessLookupError, ValueError):
        return False
    try:
        if not alive(pid, since):
            return False
        signal.pidfd_send_signal(fd, signum)
    except ProcessLookupError:
        return False
    finally:
        os.close(fd)
    return True


def die_with_parent(yes: bool) -> None:
    """Set whether the kernel kills this process when its parent dies (prctl(2), PR_SET_PDEATHSIG). Raises
    OSError.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL if yes else 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def set_process_name(name: str) -> None:
    """Set the name of this process in `ps` and `top`: at most 15 bytes (prctl(2), PR_SET_NAME)."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def process_name(pid: int) -> str:
    """Return the name of the process in `ps`; empty if there is no such process."""
    try:
        with open(f"/proc/{pid}/comm", "rb") as file:
            return file.read().decode(errors="replace").rstrip("\n")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def readable(fd: int, wait_s: float) -> bool:
    """Return True if `fd` is readable within `wait_s`. Unlike select(2), allows descriptors above 1023."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(wait_s * 1000))


class DeathWatch:
    """Watch on many processes through one descriptor, which is readable after a death.

    One descriptor, because Thespian registers all watched descriptors again at every turn of its loop.
    """

    def __init__(self) -> None:
        self._epoll: select.epoll | None = None
        self._pids: dict[int, int] = {}
        self._fds: dict[int, int] = {}

    def fileno(self) -> int:
        """Return the descriptor to watch."""
        if self._epoll is None:
            self._epoll = select.epoll()
        return self._epoll.fileno()

    def add(self, pid: int, since: int) -> bool:
        """Watch this very process. Return False if this process has ended."""
        self.fileno()
        assert self._epoll is not None
        if pid in self._fds:
            return True
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            return False
        if not alive(pid, since):
            os.close(fd)
            return False
        self._pids[fd] = pid
        self._fds[pid] = fd
        self._epoll.register(fd, select.EPOLLIN)
        return True

    def dead(self) -> list[int]:
        """Return the processes that have died since the last call, and stop watching these."""
        if self._epoll is None:
            return []
        found = [self._pids[fd] for fd, _ in self._epoll.poll(0)]
        for pid in found:
            self.forget(pid)
        return found

    def forget(self, pid: int) -> None:
        """Stop watching the process."""
        fd = self._fds.pop(pid, None)
        if fd is not None and self._epoll is not None:
            del self._pids[fd]
            self._epoll.unregister(fd)
            os.close(fd)

    def close(self) -> None:
        """Stop watching all processes."""
        for pid in list(self._fds):
            self.forget(pid)
        if self._epoll is not None:
            self._epoll.close()
            self._epoll = None
