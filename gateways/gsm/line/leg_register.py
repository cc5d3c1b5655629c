"""The call of each leg on this line, the state of each call, and the unowned calls (calls without a leg).

After a restart of this process the modem still holds the calls, and their former ids are lost. The call of
each leg is then found by its number, and by the journal's record of the legs on this line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.call import INCOMING_STATES, CallView
from gateways.gsm.calls.joining import joining_method
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallId, Ref, VoiceReady
from gateways.gsm.numbers import is_same_number
from messages.base import Gains, HangupCause, Joins, VoicePort
from messages.calls import CallReport, CallState
from messages.ids import E164, LegId, LineId
from model.alert.leg import Leg

MAX_ATTEMPTS_KEPT: Final = 256
"""Newest attempts kept in memory, with the state or outcome of their calls."""
CLAIM_TIME_S: Final = 5.0
"""Time after a restart, in seconds, within which each leg requests the call that it had before."""

CALL_STATE: Final = {
    Stat.DIALING: CallState.DIALLING,
    Stat.RINGING: CallState.RINGING,
    Stat.ACTIVE: CallState.ANSWERED,
    Stat.HELD: CallState.ANSWERED,
    Stat.INCOMING: CallState.DIALLING,
    Stat.WAITING: CallState.DIALLING,
    Stat.RELEASED: CallState.RELEASED,
}


class LegAttempt(msgspec.Struct, kw_only=True):
    """An attempt of a leg on this line, and the state of its call."""

    leg: LegId
    attempt: int
    state: CallState = CallState.DIALLING
    cause: int | None = None
    voice: VoicePort | None = None
    confirmed: bool = True
    adopted: bool = False
    joined: bool = False
    """True if the call was reported as joined."""
    digits_sent: int = 0
    """Number of DTMF digits sent into the call."""
    end_requested: bool = False
    """True if the end of the call was requested."""

    @property
    def live(self) -> bool:
        """True if the call has not been released."""
        return self.state is not CallState.RELEASED

    def release(self, cause: int) -> None:
        """Mark the attempt as over or failed. `cause`: by ITU-T Q.850; above 127, one of the center's own
        (`HangupCause`).
        """
        self.state, self.cause = CallState.RELEASED, cause

    def report(self, line: LineId, joins: Joins, *, unknown: bool = False) -> CallReport:
        """Return the report for the leg. `joins`: method by which the line joins its calls. `unknown`: the
        modem does not answer, so that the state of the call is unknown.
        """
        return CallReport(
            leg=self.leg,
            attempt=self.attempt,
            line=line,
            state=self.state,
            cause=self.cause,
            voice=self.voice,
            confirmed=self.confirmed,
            adopted=self.adopted,
            joins=joins,
            joined=self.joined,
            unheard=unknown and self.live,
        )


class LegRegister:
    """Register of the legs on one line and of their calls.

    `voice_path`: path of the line's voice port, empty if the line has none. `voice_kind`: kind of that port
    (`messages.base.VoicePort.kind`). `gains`: amplification of the voice at that port.
    """

    def __init__(
        self, line: LineId, driver: Driver, *, voice_path: str, voice_kind: str, gains: Gains
    ) -> None:
        self._line = line
        self._driver = driver
        self.voice_path = voice_path
        self._voice_kind = voice_kind
        self._gains = gains
        self.attempts: Final[dict[Ref, LegAttempt]] = {}
        self.journal_legs: list[Leg] = []
        """Legs that have calls on this line according to the last reading of the journal; `legs_without_call`
        returns those that have not requested their calls yet.
        """
        self._voices: dict[CallId, VoicePort] = {}
        """Voice ports of calls with flowing voice, including calls that no leg has requested yet."""
        self._state_unknown = False
        """True if the modem has been silent for so long that the state of its calls is unknown."""
        self.voice: VoicePort | None = None
        """Voice port where the line's voice has flowed last."""

    @property
    def live(self) -> bool:
        """True if any leg is live on this line."""
        return any(held.live for held in self.attempts.values())

    @property
    def joins(self) -> Joins:
        """Method by which this line joins its calls: in the host, in the network, or not at all."""
        return joining_method(
            self._driver.dialect, voice=bool(self.voice_path) and not self._driver.voiceless
        )

    @property
    def legs_with_calls(self) -> tuple[LegId, ...]:
        """Legs that need their calls on this line: each call is live and its end was not requested."""
        held = [one.leg for one in self.attempts.values() if one.live and not one.end_requested]
        calls = self._driver.calls()
        # Found by number alone: just after the start of this process no call is assigned to a leg yet.
        in_journal = [
            leg.leg
            for leg in self.journal_legs
            if leg.number and find_unowned_dial(calls, leg.number) is not None
        ]
        return tuple(dict.fromkeys((*held, *in_journal)))

    def has_attempt(self, leg: LegId, attempt: int) -> bool:
        """Return True if this attempt of the leg was ordered here, even if its call is over."""
        return ref_of(leg, attempt) in self.attempts

    @property
    def calls_set_up(self) -> list[CallView]:
        """Calls that the center has made or answered, owned by a leg or unowned."""
        return [call for call in self._driver.calls() if call.state not in INCOMING_STATES]

    def set_state_unknown(self, unknown: bool) -> list[CallReport]:
        """Note whether the modem is silent (`unknown`); return a report for each live leg if that has
        changed.
        """
        if unknown == self._state_unknown:
            return []
        self._state_unknown = unknown
        return [self.report(held) for held in self.attempts.values() if held.live]

    def on_voice_ready(self, event: VoiceReady) -> CallReport | None:
        """Note that a call's voice flows; return the report for its leg, None for an unowned call."""
        if self.voice_path:
            self.voice = self._voices[event.call] = VoicePort(
                path=self.voice_path,
                kind=self._voice_kind,
                rate_hz=event.rate_hz,
                frame_bytes=event.frame_bytes,
                gains=self._gains,
                pace=event.pace,
            )
        for ref, held in self.attempts.items():
            if self._driver.call_of(ref) == event.call and held.live:
                held.voice = self._voices.get(event.call)
                return self.report(held)
        return None

    def on_released(self, call: CallId) -> None:
        """Drop the voice port of a call that was released."""
        self._voices.pop(call, None)

    # -------------------------------------------------------------- the call of a leg

    def take_call_of_earlier_attempt(self, leg: LegId, attempt: int) -> CallView | None:
        """Return the live call of an earlier attempt of this leg, if the end of that call was not requested;
        else None. Mark the earlier attempt as released, so that the caller can assign its call to `attempt`.
        """
        for ref, held in self.attempts.items():
            if held.leg != leg or held.attempt >= attempt or held.end_requested:
                continue
            view = self.view(self._driver.call_of(ref)) if held.live else None
            if view is not None:
                held.release(HangupCause.LINE_LOST)
                return view
        return None

    def find(self, leg: LegId, direction: Direction, number: E164 | None) -> CallView | None:
        """Return the leg's call, set up before a restart of this process; None if there is no such call.

        The modem may list the call under another number than the dialled number: then the only unowned call
        is returned, provided that no other leg still misses its call.
        """
        calls = self._driver.calls()
        known = find_unowned(calls, direction, number)
        if known is not None or self.legs_without_call(direction) != {leg}:
            return known
        alone = [call for call in calls if call.ref is None and call.direction is direction]
        return alone[0] if len(alone) == 1 and alone[0].state not in INCOMING_STATES else None

    def legs_without_call(self, direction: Direction) -> set[LegId]:
        """Return the legs that have a call in this direction according to the journal, and have not requested
        that call since the restart.
        """
        here = {held.leg for held in self.attempts.values() if held.live}
        outbound = direction is Direction.OUT
        return {
            leg.leg for leg in self.journal_legs if (leg.call is None) is outbound and leg.leg not in here
        }

    def add_attempt(self, ref: Ref, leg: LegId, attempt: int) -> LegAttempt:
        """Enter an attempt that is dialling; only the newest KEPT attempts are kept."""
        held = LegAttempt(leg=leg, attempt=attempt)
        self.attempts[ref] = held
        while len(self.attempts) > MAX_ATTEMPTS_KEPT:
            del self.attempts[next(iter(self.attempts))]
        return held

    def assign_call(
        self, ref: Ref, leg: LegId, attempt: int, call: CallView, *, found: bool = True
    ) -> LegAttempt:
        """Assign the call to this attempt. `found`: the call was found in the modem, not dialled by this
        order.
        """
        self._driver.assign(call.call, ref)
        held = self.add_attempt(ref, leg, attempt)
        held.state, held.adopted, held.confirmed = CALL_STATE[call.state], found, call.confirmed
        held.voice = self._voices.get(call.call)
        return held

    def add_failed_attempt(self, ref: Ref, leg: LegId, attempt: int, cause: int) -> LegAttempt:
        """Enter a failed attempt. `cause`: as for `LegAttempt.release`."""
        held = self.add_attempt(ref, leg, attempt)
        held.release(cause)
        return held

    def adopt_unlisted(
        self, ref: Ref, direction: Direction, number: E164 | None, now_s: float
    ) -> CallView | None:
        """Return the call of a leg in a network conference that the modem lists as a single row without the
        members' numbers; None if the modem's list has no such row.
        """
        if number is None or not self._driver.members_unlisted:
            return None
        return self.view(self._driver.adopt(ref, number, now_s, direction=direction))

    def view(self, call: CallId | None) -> CallView | None:
        """Return the present state of the call; None if the call has ended."""
        return view_of(self._driver.calls(), call)

    def report(self, held: LegAttempt) -> CallReport:
        """Return the report for the attempt's leg."""
        return held.report(self._line, self.joins, unknown=self._state_unknown)


class UnownedCalls:
    """The unowned calls of a line. The party of an unowned call hears nothing, and the line cannot be used
    until that call has ended. `rings`: function that returns True for a ringing incoming call, which is not
    unowned.
    """

    def __init__(self, driver: Driver, register: LegRegister, rings: Callable[[CallId], bool]) -> None:
        self._driver = driver
        self._register = register
        self._rings = rings
        self._unowned_since_s: dict[CallId, float] = {}
        """Unowned calls that are set up, each with the time, in seconds, from which CLAIM_TIME_S count."""
        self._orphans: set[CallId] = set()
        """Orphan calls: calls without a leg whose end was requested and that are still up."""

    def add_orphan(self, call: CallId) -> None:
        """Add an orphan call: the end of the call failed, and its leg was released without waiting for the
        end.
        """
        self._orphans.add(call)

    def take_unowned(self, now_s: float) -> list[CallId]:
        """Return the calls that have been up without a leg for CLAIM_TIME_S; each call is returned again
        every CLAIM_TIME_S.
        """
        unowned = {
            call.call
            for call in self._register.calls_set_up
            if call.ref is None
            and not self._driver.is_hang_up_requested(call.call)
            and not self._rings(call.call)
        }
        self._unowned_since_s = {call: self._unowned_since_s.get(call, now_s) for call in unowned}
        found = [call for call, since_s in self._unowned_since_s.items() if now_s - since_s >= CLAIM_TIME_S]
        self._unowned_since_s |= dict.fromkeys(found, now_s)
        return found

    def end_unowned(self, unowned: Sequence[CallId], now_s: float) -> list[CallId]:
        """Hang up those of the given unowned calls that belong to no leg: no leg in
        `LegRegister.journal_legs` still misses a call in that direction. Return the calls hung up.
        """
        views = [view for call in unowned if (view := self._register.view(call)) is not None]
        ended = [view.call for view in views if not self._register.legs_without_call(view.direction)]
        for call in ended:
            self._orphans.add(call)
            self._driver.hang_up(call, now_s)
        return ended

    @property
    def orphan_count(self) -> int:
        """Number of orphan calls still up; the line cannot be used until the number is 0."""
        self._orphans &= {call.call for call in self._driver.calls()}
        return len(self._orphans)

    def end_all(self, now_s: float) -> None:
        """Hang up all calls that the center has made or answered."""
        for call in self._register.calls_set_up:
            self._orphans.add(call.call)
            self._driver.hang_up(call.call, now_s)


def ref_of(leg: LegId, attempt: int) -> Ref:
    """Return the reference by which the driver knows the call of this attempt: `LEG#ATTEMPT`."""
    return Ref(f"{leg}#{attempt}")


def view_of(calls: Iterable[CallView], call: CallId | None) -> CallView | None:
    """Return the call with this id; None if the call has ended."""
    return next((view for view in calls if view.call == call), None)


def find_unowned_dial(calls: Iterable[CallView], number: E164) -> CallView | None:
    """Return the unowned outgoing call to this number; None if there is no such call."""
    ours = (one for one in calls if one.ref is None and one.direction is Direction.OUT)
    return next((one for one in ours if one.caller and is_same_number(one.caller, number)), None)


def find_unowned(calls: Iterable[CallView], direction: Direction, number: E164 | None) -> CallView | None:
    """Return the unowned call with this number; else the only unowned call without a known number; else None.
    Without `number`: the only unowned call, or the only one without a known number.
    """
    found = [call for call in calls if call.ref is None and call.direction is direction]
    if number is not None:
        fitting = [call for call in found if call.caller and is_same_number(call.caller, number)]
        if fitting:
            return fitting[0]
    nameless = [call for call in found if not call.caller]
    if number is not None or nameless:
        found = nameless
    return found[0] if len(found) == 1 else None
