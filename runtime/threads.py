"""Threads beside an actor: how one wakes it, also one that outlives it, as a recording's end does; and a
thread for each thing that is carried outside, so that whoever is slow keeps nobody else waiting.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


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


Load = TypeVar("Load")
Brought = TypeVar("Brought")
Load_contra = TypeVar("Load_contra", contravariant=True)
Brought_co = TypeVar("Brought_co", covariant=True)


class Courier(Protocol[Load_contra, Brought_co]):
    """Carries things outside."""

    def carry(self, load: Load_contra, /) -> None:
        """Begin, whatever else is on its way."""
        ...

    def back(self) -> Brought_co | None:
        """What has become of one that is back, once; None: there is none."""
        ...


class ThreadCourier(Generic[Load, Brought]):
    """Wakes the actor when it is back. The thread is there as long as the load is on its way."""

    def __init__(self, deliver: Callable[[Load], Brought], waker: Waker, name: str) -> None:
        """`deliver` blocks, within bounds, and raises nothing."""
        self._deliver = deliver
        self._waker = waker
        self._name = name
        self._back: deque[Brought] = deque()

    def carry(self, load: Load, /) -> None:
        threading.Thread(target=self._carry, args=(load,), name=self._name, daemon=True).start()

    def back(self) -> Brought | None:
        return self._back.popleft() if self._back else None

    def _carry(self, load: Load) -> None:
        self._back.append(self._deliver(load))
        self._waker.wake()
