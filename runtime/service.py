"""Program as a service: SIGTERM, SIGINT and SIGHUP as one request to end, with a descriptor that wakes the
main loop; and notifications to systemd by sd_notify(3), without effect elsewhere.

Forked processes get the signals' default actions back: an actor that is ordered to end must end.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType
from typing import Final

_ASKING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_caught = False


class Signals:
    """Handlers of the signals, installed at construction. One instance at a time per process, in its main
    thread.
    """

    def __init__(self) -> None:
        global _caught
        self.asked_to_stop = False
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wakeup_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._before = {signum: signal.signal(signum, self._asked) for signum in _ASKING}
        _caught = True

    def fileno(self) -> int:
        """Return a descriptor that is readable from a signal until `drain`."""
        return self._read

    def drain(self) -> None:
        """Empty the descriptor."""
        try:
            while os.read(self._read, 512):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        """Restore the previous handlers."""
        global _caught
        _caught = False
        for signum, action in self._before.items():
            signal.signal(signum, action)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self._read)
        os.close(self._write)

    def _asked(self, signum: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True


def _forget_in_child() -> None:
    if _caught:
        signal.set_wakeup_fd(-1)
        for signum in _ASKING:
            signal.signal(signum, signal.SIG_DFL)


os.register_at_fork(after_in_child=_forget_in_child)


def tell_manager(state: str, environment: Mapping[str, str] = os.environ) -> None:
    """Send `READY=1`, `WATCHDOG=1`, `STOPPING=1` or `STATUS=…` to systemd. Never fails."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # the abstract namespace
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        manager.sendto(state.encode(), socket.MSG_DONTWAIT, address)
