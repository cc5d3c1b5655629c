"""A thread a target, which carries one message at a time: whoever is slow keeps nobody else waiting."""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from gateways.psap_data.outlets import Outcome, Outlet, Parcel
from runtime.waker import Waker


class Courier(Protocol):
    """Carries messages to one target."""

    def carry(self, parcel: Parcel) -> None:
        """Begin. Not while another is on its way."""
        ...

    def back(self) -> Outcome | None:
        """What has become of it, once; None: it is still on its way, or there is none."""
        ...


class ThreadCourier:
    """Wakes the actor when it is back. The thread is there as long as the message is on its way."""

    def __init__(self, outlet: Outlet, waker: Waker, name: str) -> None:
        self._outlet = outlet
        self._waker = waker
        self._name = name
        self._back: deque[Outcome] = deque()

    def carry(self, parcel: Parcel) -> None:
        threading.Thread(target=self._carry, args=(parcel,), name=self._name, daemon=True).start()

    def back(self) -> Outcome | None:
        return self._back.popleft() if self._back else None

    def _carry(self, parcel: Parcel) -> None:
        self._back.append(self._outlet.deliver(parcel))
        self._waker.wake()
