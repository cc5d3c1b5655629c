"""The inbound calls that ring on a line and are nobody's leg yet. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from gateways.gsm.calls.call import COMING_IN
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallEvent, CallId, CallIncoming, CallReleased, CallWaiting
from gateways.gsm.line.adopting import view_of
from messages.calls import IncomingCall, IncomingCallGone
from messages.ids import E164, LineId

HEARD_ENOUGH: Final = 2
"""So often a caller's number is to be heard, by the ring and by the list of calls: on a bad cable one alone
may have a digit changed, and another woman would be identified, and called back."""

SPOKEN_FOR_S: Final = 3.0
"""A leg that cannot have its caller yet asks for that call every second."""


class Ringing(msgspec.Struct, kw_only=True):
    """One of them."""

    since_s: float
    number: E164 | None = None
    withheld: bool = False
    asked_s: float = float("-inf")
    """When a leg has asked for it last: it is an alert's already."""


class RingingCalls:
    """See the module. `first_number`: what this modem's inbound calls are counted from, never used before.

    `number_within_s`: how long a caller's number is waited for.
    """

    def __init__(self, line: LineId, driver: Driver, *, first_number: int, number_within_s: float) -> None:
        self._line = line
        self._driver = driver
        self._first_number = first_number
        self._number_within_s = number_within_s
        self._ringing: dict[CallId, Ringing] = {}

    def call(self, number: int) -> CallId:
        """Which of the modem's calls the center knows by this number."""
        return CallId(number - self._first_number)

    def asked_for(self, call: CallId, now_s: float) -> Ringing | None:
        """A leg wants to have it."""
        ringing = self._ringing.get(call)
        if ringing is not None:
            ringing.asked_s = now_s
        return ringing

    def has(self, call: CallId) -> bool:
        """Whether it is told of as one that rings."""
        return call in self._ringing

    def taken(self, call: CallId) -> None:
        """It is a leg's."""
        self._ringing.pop(call, None)

    def reject(self, number: int, now_s: float) -> None:
        """Decline one that nobody has answered."""
        call = self.call(number)
        if call in self._ringing:
            self._driver.hang_up(call, now_s)

    def hear(self, event: CallEvent, now_s: float) -> IncomingCallGone | None:
        """What has happened to a call that is no leg's."""
        view = view_of(self._driver.calls(), event.call)
        if isinstance(event, CallReleased):
            if self._ringing.pop(event.call, None) is not None:
                return IncomingCallGone(line=self._line, call=self._first_number + event.call)
        elif view is not None and (view.state in COMING_IN or isinstance(event, CallIncoming | CallWaiting)):
            # One that came in just as another was put on hold may have been taken with that: it rings for us.
            ringing = self._ringing.setdefault(event.call, Ringing(since_s=now_s))
            ringing.number = None if view.number is None else E164(view.number)
            ringing.withheld = view.withheld
        return None

    def told(self, now_s: float) -> list[IncomingCall]:
        """Those that no leg has asked for lately, as they are to be told of."""
        return [
            IncomingCall(
                line=self._line,
                call=self._first_number + call,
                number=ringing.number,
                withheld=ringing.withheld,
                settled=self._is_sure(call)
                or ringing.withheld
                or now_s - ringing.since_s >= self._number_within_s,
            )
            for call, ringing in self._ringing.items()
            if now_s - ringing.asked_s > SPOKEN_FOR_S
        ]

    @property
    def unsettled(self) -> bool:
        """Whether one rings whose number nothing has confirmed yet."""
        return any(not self._is_sure(call) for call in self._ringing)

    def dues(self) -> list[float]:
        """When each is told of as it is, whether or not its number is known and confirmed."""
        return [ringing.since_s + self._number_within_s for ringing in self._ringing.values()]

    def _is_sure(self, call: CallId) -> bool:
        view = view_of(self._driver.calls(), call)
        return view is not None and view.number is not None and view.number_heard >= HEARD_ENOUGH
