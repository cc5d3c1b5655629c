"""A thread a notice: a mail server that is slow keeps nobody from being called."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from gateways.duty.ways.notice import Notice, Sent
from gateways.duty.ways.sending import send
from model.duty.roster import Contact
from model.duty.settings import DutySettings
from runtime.waker import Waker

Attempted = tuple[str, int]
"""Of which callout, and which try."""
Send = Callable[[Contact, Notice, DutySettings], Sent]


class Couriers:
    """Wakes the actor when one is back."""

    def __init__(self, settings: DutySettings, waker: Waker, send: Send = send) -> None:
        self._settings = settings
        self._waker = waker
        self._send = send
        self._away: set[Attempted] = set()
        self._back: deque[tuple[Attempted, Sent]] = deque()

    def carry(self, contact: Contact, notice: Notice) -> None:
        """Begin, unless this very notice is on its way."""
        name = notice.callout, notice.attempt
        if name not in self._away:
            self._away.add(name)
            threading.Thread(target=self._carry, args=(contact, notice), name="duty", daemon=True).start()

    def back(self) -> list[tuple[Attempted, Sent]]:
        """What has become of those that are back, once."""
        found = []
        while self._back:
            found.append(self._back.popleft())
            self._away.discard(found[-1][0])
        return found

    def _carry(self, contact: Contact, notice: Notice) -> None:
        self._back.append(((notice.callout, notice.attempt), self._send(contact, notice, self._settings)))
        self._waker.wake()
