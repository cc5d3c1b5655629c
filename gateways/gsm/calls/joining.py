"""Joining the calls of one line in the network, if its modem gives the host no voice. Pure.

Before a call is added, the earlier calls are put on hold (22.083). As soon as the added call is answered, all
calls are joined (22.084); if the added call fails, the held calls are retrieved. The next step follows from
the modem's list of calls alone, so that joining continues after a restart of this process.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

import msgspec

from gateways.gsm.at.parse import Stat
from gateways.gsm.calls.call import OUTGOING_SETUP_STATES, CallView
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import Ref
from gateways.gsm.errors import RequestRefused
from messages.base import Joins
from messages.ids import E164

HELD_WITHIN_S: Final = 2.0
"""Seconds after which a call is dialled although others are not on hold: the modem may hold them itself."""
ADDED_WITHIN_S: Final = 4.0
"""Seconds after which a call without room is not dialled."""


class JoinStep(Enum):
    """A step that the modem is requested to take with its calls."""

    HOLD = "hold"
    JOIN = "join"
    RETRIEVE = "take_back"


_RETRY_S: Final = {JoinStep.HOLD: 60.0, JoinStep.JOIN: 1.0, JoinStep.RETRIEVE: 3.0}
"""Seconds until a step without effect is repeated. Joining repeats soon: if the modem reports "answered" too
early, the network refuses until the party has answered. The other two steps share one command, which undoes
its own effect if sent twice."""


def joining_method(dialect: CompiledDialect, *, voice: bool) -> Joins:
    """Return how a modem of this dialect joins its calls. `voice`: its voice port is known."""
    data = dialect.data
    if data.voice.kind != "none" and voice:
        return Joins.HOST
    return Joins.NETWORK if data.conference and data.hold and data.hang_up_one else Joins.NONE


def in_conference(call: CallView) -> bool:
    """Return True if the call is connected to the others now."""
    return call.in_conference and call.state is Stat.ACTIVE and not call.ending


def next_step(calls: Sequence[CallView], *, adding: bool) -> JoinStep | None:
    """Return the next step. `adding`: another call waits to be dialled.

    None while a call is being set up, ends, or has no leg: after a restart its leg may still claim the call.
    """
    up = [call for call in calls if call.state in (Stat.ACTIVE, Stat.HELD)]
    if any(call.state in OUTGOING_SETUP_STATES for call in calls):
        return None
    if any(call.ref is None or call.ending or call.emergency for call in up):
        return None
    active = any(call.state is Stat.ACTIVE for call in up)
    held = any(call.state is Stat.HELD for call in up)
    if active and held:
        return JoinStep.JOIN
    if any(call.state is Stat.WAITING for call in calls):
        return None  # the command would take the waiting call
    if active:
        return JoinStep.HOLD if adding else None
    return JoinStep.RETRIEVE if held and not adding else None


class WaitingDial(msgspec.Struct, kw_only=True):
    """A call that is dialled once the others are on hold."""

    ref: Ref
    number: E164
    since_s: float
    until_s: float
    """Time until which the requester has the right to the dial, as last reported."""


class Joining:
    """The joining of one line's calls; requests the next step without repeating the request all the time."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._waiting_dial: WaitingDial | None = None
        self._requested_step: JoinStep | None = None
        self._retry_at_s = 0.0

    @property
    def waiting_ref(self) -> Ref | None:
        """The leg of the call that waits to be dialled; None without such a call."""
        return None if self._waiting_dial is None else self._waiting_dial.ref

    def add(self, ref: Ref, number: E164, now_s: float, until_s: float) -> None:
        """Dial this number in addition to the present calls. Only one call can wait at a time.

        The call is not dialled from `until_s` on; `extend_right` extends this time: putting calls on hold
        takes longer than a lease is certain to last.
        """
        self._waiting_dial = WaitingDial(ref=ref, number=number, since_s=now_s, until_s=until_s)

    def extend_right(self, ref: Ref, until_s: float) -> None:
        """Extend the right to the waiting call until `until_s`. No effect if this call does not wait."""
        if self._waiting_dial is not None and self._waiting_dial.ref == ref:
            self._waiting_dial.until_s = until_s

    def withdraw(self, ref: Ref) -> bool:
        """Withdraw the waiting call. False: the call was dialled already, or never waited."""
        was_waiting = self.waiting_ref == ref
        if was_waiting:
            self._waiting_dial = None
        return was_waiting

    def take_next_step(self, now_s: float) -> Ref | None:
        """Take the next step. Return the waiting call if that call has to be given up; None otherwise."""
        calls, dial = self._driver.calls(), self._waiting_dial
        step = next_step(calls, adding=dial is not None)
        if dial is not None:
            waited_s = now_s - dial.since_s
            there_is_room = _has_room(calls) or (step is JoinStep.HOLD and waited_s >= HELD_WITHIN_S)
            if there_is_room and now_s < dial.until_s:
                return self._dial(dial, now_s)
            if waited_s >= ADDED_WITHIN_S:
                self._waiting_dial = None
                return dial.ref
        if step is None:
            self._requested_step = None
        elif step is not self._requested_step or now_s >= self._retry_at_s:
            self._requested_step, self._retry_at_s = step, now_s + _RETRY_S[step]
            self._request_step(step, calls, now_s)
        return None

    def next_s(self) -> float | None:
        """Return the time when `take_next_step` may take a step without an event; None if never."""
        times = [self._retry_at_s] if self._requested_step is not None else []
        if self._waiting_dial is not None:
            times += [self._waiting_dial.since_s + HELD_WITHIN_S, self._waiting_dial.since_s + ADDED_WITHIN_S]
        return min(times, default=None)

    def _dial(self, dial: WaitingDial, now_s: float) -> Ref | None:
        self._waiting_dial = None
        try:
            self._driver.dial(dial.ref, dial.number, now_s, until_s=dial.until_s)
        except RequestRefused:
            return dial.ref
        return None

    def _request_step(self, step: JoinStep, calls: Sequence[CallView], now_s: float) -> None:
        try:
            match step:
                case JoinStep.HOLD:
                    self._driver.hold(next(call.call for call in calls if call.state is Stat.ACTIVE), now_s)
                case JoinStep.JOIN:
                    self._driver.conference(now_s)
                case JoinStep.RETRIEVE:
                    self._driver.swap(now_s)
        except RequestRefused:
            pass  # the calls have changed: the next step follows from the next list


def _has_room(calls: Sequence[CallView]) -> bool:
    """Return True if a call can be dialled: no call is being set up, and every answered call is on hold."""
    return not any(call.state in OUTGOING_SETUP_STATES or call.state is Stat.ACTIVE for call in calls)
