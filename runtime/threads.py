"""Threads beside an actor: a wake-up, and deliveries.

A thread wakes the actor through a descriptor, even a thread that outlives the actor, such as the end of a
recording. Each delivery to the outside has its own thread, so that a slow receiver delays no other.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Waker:
    """Descriptor that becomes readable by a wake-up."""

    def __init__(self) -> None:
        # Non-blocking: the media thread must never wait for the actor.
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        """Held for one system call: the number of a closed descriptor may be reused at once."""

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._event

    def wake(self) -> None:
        """Wake the actor, from any thread and at any time; no effect once closed."""
        with self._lock:
            if self._event >= 0:
                os.eventfd_write(self._event, 1)

    def take(self) -> None:
        """Clear the wake-up."""
        os.eventfd_read(self._event)

    def close(self) -> None:
        """Close the descriptor; later wake-ups have no effect."""
        with self._lock:
            os.close(self._event)
            self._event = -1


Load = TypeVar("Load")
Brought = TypeVar("Brought")
Load_contra = TypeVar("Load_contra", contravariant=True)
Brought_co = TypeVar("Brought_co", covariant=True)


class Courier(Protocol[Load_contra, Brought_co]):
    """Carrier of deliveries to the outside."""

    def deliver(self, load: Load_contra, /) -> None:
        """Start a delivery, regardless of others in progress."""
        ...

    def take_result(self) -> Brought_co | None:
        """Return the result of one finished delivery, once; None if there is none."""
        ...


class ThreadCourier(Generic[Load, Brought]):
    """Courier with one thread per delivery; wakes the actor at the end of a delivery."""

    def __init__(self, deliver: Callable[[Load], Brought], waker: Waker, name: str) -> None:
        """Start idle. `deliver` blocks, within bounds, and never raises."""
        self._deliver = deliver
        self._waker = waker
        self._name = name
        self._back: deque[Brought] = deque()

    def deliver(self, load: Load, /) -> None:
        threading.Thread(target=self._carry, args=(load,), name=self._name, daemon=True).start()

    def take_result(self) -> Brought | None:
        return self._back.popleft() if self._back else None

    def _carry(self, load: Load) -> None:
        self._back.append(self._deliver(load))
        self._waker.wake()
