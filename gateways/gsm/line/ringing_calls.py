"""The inbound calls that ring on a line without a leg. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from gateways.gsm.calls.call import INCOMING_STATES
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallEvent, CallId, CallIncoming, CallReleased, CallWaiting
from gateways.gsm.line.leg_register import view_of
from messages.calls import IncomingCall, IncomingCallGone
from messages.ids import E164, LineId

REPORTS_CONFIRMING_NUMBER: Final = 2
"""Reports of a caller's number, by the ring and by the list of calls, that confirm it. On a bad cable a
single report may have a changed digit, and another user would be identified, and called back."""

RESERVED_S: Final = 3.0
"""Seconds for which a leg's request reserves a call: a leg without its call repeats it each second or two."""


class RingingCall(msgspec.Struct, kw_only=True):
    """A ringing call."""

    since_s: float
    number: E164 | None = None
    withheld: bool = False
    requested_s: float = float("-inf")
    """Time of the last request by a leg: the call belongs to an alert already."""


class RingingCalls:
    """The ringing calls of one line. `first_number`: base for numbering them, never used before.

    `number_within_s`: longest wait for a caller's number, in seconds.
    """

    def __init__(self, line: LineId, driver: Driver, *, first_number: int, number_within_s: float) -> None:
        self._line = line
        self._driver = driver
        self._first_number = first_number
        self._number_within_s = number_within_s
        self._ringing: dict[CallId, RingingCall] = {}

    def call_id(self, number: int) -> CallId:
        """Return the modem's id of the call with this number of the center."""
        return CallId(number - self._first_number)

    def reserve(self, call: CallId, now_s: float) -> RingingCall | None:
        """Note a leg's request for the call; return the ringing call, or None."""
        ringing = self._ringing.get(call)
        if ringing is not None:
            ringing.requested_s = now_s
        return ringing

    def has(self, call: CallId) -> bool:
        """Return True if the call is reported as ringing."""
        return call in self._ringing

    def remove(self, call: CallId) -> None:
        """Remove the call: it belongs to a leg now."""
        self._ringing.pop(call, None)

    def reject(self, number: int, now_s: float) -> None:
        """Decline a ringing call."""
        call = self.call_id(number)
        if call in self._ringing:
            self._driver.hang_up(call, now_s)

    def on_event(self, event: CallEvent, now_s: float) -> IncomingCallGone | None:
        """Process an event of a call without a leg; return the report of a ringing call's end, or None."""
        view = view_of(self._driver.calls(), event.call)
        if isinstance(event, CallReleased):
            if self._ringing.pop(event.call, None) is not None:
                return IncomingCallGone(line=self._line, call=self._first_number + event.call)
        elif view is not None and (
            view.state in INCOMING_STATES or isinstance(event, CallIncoming | CallWaiting)
        ):
            # A call that came in just as another was put on hold may have been answered by that command: it
            # counts as ringing.
            ringing = self._ringing.setdefault(event.call, RingingCall(since_s=now_s))
            ringing.number = None if view.number is None else E164(view.number)
            ringing.withheld = view.withheld
        return None

    def to_publish(self, now_s: float) -> list[IncomingCall]:
        """Return the calls to report: those without a recent request by a leg."""
        return [
            IncomingCall(
                line=self._line,
                call=self._first_number + call,
                number=ringing.number,
                withheld=ringing.withheld,
                settled=self._is_number_confirmed(call)
                or ringing.withheld
                or now_s - ringing.since_s >= self._number_within_s,
            )
            for call, ringing in self._ringing.items()
            if now_s - ringing.requested_s > RESERVED_S
        ]

    @property
    def has_unconfirmed_number(self) -> bool:
        """True if a call rings with an unconfirmed number."""
        return any(not self._is_number_confirmed(call) for call in self._ringing)

    def report_times(self) -> list[float]:
        """Return the times when the calls are reported even without a known and confirmed number."""
        return [ringing.since_s + self._number_within_s for ringing in self._ringing.values()]

    def _is_number_confirmed(self, call: CallId) -> bool:
        view = view_of(self._driver.calls(), call)
        return (
            view is not None and view.number is not None and view.number_reports >= REPORTS_CONFIRMING_NUMBER
        )
