"""Wakes the actor from another thread, also one that outlives it, as a recording's end does."""

from __future__ import annotations

import os
import threading


class Waker:
    """A descriptor that is readable once somebody has woken."""

    def __init__(self) -> None:
        # Not blocking: the media thread must never wait for whoever is woken.
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        """Held for one system call: a closed descriptor's number may be anybody's the next moment."""

    def fileno(self) -> int:
        """What to wait for."""
        return self._event

    def wake(self) -> None:
        """From whatever thread, and at any time; nothing once it is closed."""
        with self._lock:
            if self._event >= 0:
                os.eventfd_write(self._event, 1)

    def take(self) -> None:
        """It was heard."""
        os.eventfd_read(self._event)

    def close(self) -> None:
        """Nobody is woken any more."""
        with self._lock:
            os.close(self._event)
            self._event = -1
