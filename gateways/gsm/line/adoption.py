"""The call of each leg on this line, the state of each call, and the unowned calls.

After a restart of this process no leg has its call by id: the call is found by its number, and by the
journal's record of this line's legs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.call import COMING_IN, CallView
from gateways.gsm.calls.joining import joins
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallId, Ref, VoiceReady
from gateways.gsm.numbers import same
from messages.base import Gains, HangupCause, Joins, VoicePort
from messages.calls import CallReport, CallState
from messages.ids import E164, LegId, LineId
from model.alert.leg import Leg

KEPT: Final = 256
"""Newest attempts kept in memory, with the state or outcome of their calls."""
SETTLES_S: Final = 5.0
"""Seconds within which each leg has requested its call of before a restart."""

LEG_STATE: Final = {
    Stat.DIALING: CallState.DIALLING,
    Stat.RINGING: CallState.RINGING,
    Stat.ACTIVE: CallState.ANSWERED,
    Stat.HELD: CallState.ANSWERED,
    Stat.INCOMING: CallState.DIALLING,
    Stat.WAITING: CallState.DIALLING,
    Stat.RELEASED: CallState.RELEASED,
}


class Held(msgspec.Struct, kw_only=True):
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
    pressed: int = 0
    """Number of DTMF digits sent into the call."""
    ending: bool = False
    """True if the end of the call was requested."""

    @property
    def live(self) -> bool:
        """True if the call has not been released."""
        return self.state is not CallState.RELEASED

    def release(self, cause: int) -> None:
        """Mark the attempt as over or failed. `cause`: of Q.850, or one of the center's own."""
        self.state, self.cause = CallState.RELEASED, cause

    def report(self, line: LineId, joins: Joins, *, unheard: bool = False) -> CallReport:
        """Return the report for its leg. `unheard`: the modem does not answer."""
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
            unheard=unheard and self.live,
        )


class Standing:
    """All legs of one line. `voice_path`: path of the line's voice; empty without one. `voice_kind`: kind of
    that path (`messages.base.VoicePort`). `gains`: amplification of the voice there.
    """

    def __init__(
        self, line: LineId, driver: Driver, *, voice_path: str, voice_kind: str, gains: Gains
    ) -> None:
        self._line = line
        self._driver = driver
        self.voice_path = voice_path
        self._voice_kind = voice_kind
        self._gains = gains
        self.held: Final[dict[Ref, Held]] = {}
        self.left: list[Leg] = []
        """Legs that may have calls here, by the journal, and have not requested them yet."""
        self._voices: dict[CallId, VoicePort] = {}
        """Voice ports of calls with flowing voice, including calls that no leg has requested yet."""
        self._unheard = False
        """True if the modem has been silent for so long that the state of its calls is unknown."""
        self.voice: VoicePort | None = None
        """Voice port where the line's voice has flowed last."""

    @property
    def live(self) -> bool:
        """True if any leg is live on this line."""
        return any(held.live for held in self.held.values())

    @property
    def joins(self) -> Joins:
        """Kind of joining that this line offers for its calls."""
        return joins(self._driver.dialect, voice=bool(self.voice_path) and not self._driver.voiceless)

    @property
    def held_for(self) -> tuple[LegId, ...]:
        """Legs with calls here that are not to be ended."""
        held = [one.leg for one in self.held.values() if one.live and not one.ending]
        calls = self._driver.calls()
        # Matched by number alone: a process that has just started has assigned no call yet.
        left = [leg.leg for leg in self.left if leg.number and dialled_before(calls, leg.number) is not None]
        return tuple(dict.fromkeys((*held, *left)))

    def knows(self, leg: LegId, attempt: int) -> bool:
        """Return True if this attempt of the leg is known here."""
        return ref_of(leg, attempt) in self.held

    @property
    def set_up(self) -> list[CallView]:
        """Calls that the center has made or answered, owned by a leg or unowned."""
        return [call for call in self._driver.calls() if call.state not in COMING_IN]

    def unheard_is(self, unheard: bool) -> list[CallReport]:
        """Note that the modem does not answer, or does again; return the reports for the legs."""
        if unheard == self._unheard:
            return []
        self._unheard = unheard
        return [self.report(held) for held in self.held.values() if held.live]

    def voice_ready(self, event: VoiceReady) -> CallReport | None:
        """Note that a call's voice flows; return the report for its leg, if any."""
        if self.voice_path:
            self.voice = self._voices[event.call] = VoicePort(
                path=self.voice_path,
                kind=self._voice_kind,
                rate_hz=event.rate_hz,
                frame_bytes=event.frame_bytes,
                gains=self._gains,
                pace=event.pace,
            )
        for ref, held in self.held.items():
            if self._driver.call_of(ref) == event.call and held.live:
                held.voice = self._voices.get(event.call)
                return self.report(held)
        return None

    def released(self, call: CallId) -> None:
        """Forget the voice of a call that was released."""
        self._voices.pop(call, None)

    # -------------------------------------------------------------- the call of a leg

    def of_earlier(self, leg: LegId, attempt: int) -> CallView | None:
        """Return the call that an earlier attempt of this leg still has here, if its end was not requested;
        None without such a call. The earlier attempt is released."""
        for ref, held in self.held.items():
            if held.leg != leg or held.attempt >= attempt or held.ending:
                continue
            view = self.view(self._driver.call_of(ref)) if held.live else None
            if view is not None:
                held.release(HangupCause.LINE_LOST)
                return view
        return None

    def find(self, leg: LegId, direction: Direction, number: E164 | None) -> CallView | None:
        """Return the leg's call, set up by a former process; None without such a call. If the modem lists the
        call under another number than the dialled number: the only unowned call, provided that no other leg
        misses its call."""
        calls = self._driver.calls()
        known = unowned(calls, direction, number)
        if known is not None or self.missing(direction) != {leg}:
            return known
        alone = [call for call in calls if call.ref is None and call.direction is direction]
        return alone[0] if len(alone) == 1 and alone[0].state not in COMING_IN else None

    def missing(self, direction: Direction) -> set[LegId]:
        """Return the legs that are on this line by the journal, and have not requested their calls yet."""
        here = {held.leg for held in self.held.values() if held.live}
        outbound = direction is Direction.OUT
        return {leg.leg for leg in self.left if (leg.call is None) is outbound and leg.leg not in here}

    def hold(self, ref: Ref, leg: LegId, attempt: int) -> Held:
        """Remember this attempt, which is dialling."""
        held = Held(leg=leg, attempt=attempt)
        self.held[ref] = held
        while len(self.held) > KEPT:
            del self.held[next(iter(self.held))]
        return held

    def own(self, ref: Ref, leg: LegId, attempt: int, call: CallView, *, found: bool = True) -> Held:
        """Assign the call to this attempt. `found`: the call was set up before."""
        self._driver.name(call.call, ref)
        held = self.hold(ref, leg, attempt)
        held.state, held.adopted, held.confirmed = LEG_STATE[call.state], found, call.confirmed
        held.voice = self._voices.get(call.call)
        return held

    def refused(self, ref: Ref, leg: LegId, attempt: int, cause: int) -> Held:
        """Remember this attempt as failed."""
        held = self.hold(ref, leg, attempt)
        held.release(cause)
        return held

    def unlisted(self, ref: Ref, direction: Direction, number: E164 | None, now_s: float) -> CallView | None:
        """Return the call of a conference member that the modem's list hides in the conference's only row;
        None if the list has no such row."""
        if number is None or not self._driver.members_unlisted:
            return None
        return self.view(self._driver.adopt(ref, number, now_s, direction=direction))

    def view(self, call: CallId | None) -> CallView | None:
        """Return the call as the modem has it; None if it is gone."""
        return view_of(self._driver.calls(), call)

    def report(self, held: Held) -> CallReport:
        """Return the report for the attempt's leg."""
        return held.report(self._line, self.joins, unheard=self._unheard)


class UnownedCalls:
    """The unowned calls of a line. A party on such a call has no audio, and the line is unusable meanwhile.
    `rings`: returns True for a ringing incoming call.
    """

    def __init__(self, driver: Driver, standing: Standing, rings: Callable[[CallId], bool]) -> None:
        self._driver = driver
        self._standing = standing
        self._rings = rings
        self._strays: dict[CallId, float] = {}
        """Unowned calls that are set up, and the time since when each is unowned."""
        self._ghosts: set[CallId] = set()
        """Orphan calls: calls without a leg that are being ended."""

    def add(self, call: CallId) -> None:
        """Add a call that should have ended and has not: its leg goes on without it."""
        self._ghosts.add(call)

    def strays(self, now_s: float) -> list[CallId]:
        """Return the calls that have been up for SETTLES_S without a leg; again after each such time."""
        nobodys = {
            call.call
            for call in self._standing.set_up
            if call.ref is None and not self._driver.hangs_up(call.call) and not self._rings(call.call)
        }
        self._strays = {call: self._strays.get(call, now_s) for call in nobodys}
        found = [call for call, since_s in self._strays.items() if now_s - since_s >= SETTLES_S]
        self._strays |= dict.fromkeys(found, now_s)
        return found

    def end_strays(self, strays: Sequence[CallId], now_s: float) -> list[CallId]:
        """Hang up the unowned calls that can belong to no leg, by the journal's legs on this line (`left`).
        Return the calls hung up."""
        views = [view for call in strays if (view := self._standing.view(call)) is not None]
        ended = [view.call for view in views if not self._standing.missing(view.direction)]
        for call in ended:
            self._ghosts.add(call)
            self._driver.hang_up(call, now_s)
        return ended

    @property
    def ghosts(self) -> int:
        """Number of orphan calls that are being ended here: the line is unusable meanwhile."""
        self._ghosts &= {call.call for call in self._driver.calls()}
        return len(self._ghosts)

    def end_all(self, now_s: float) -> None:
        """Hang up all calls that the center has made or answered."""
        for call in self._standing.set_up:
            self._ghosts.add(call.call)
            self._driver.hang_up(call.call, now_s)


def ref_of(leg: LegId, attempt: int) -> Ref:
    """Return the driver's reference of the attempt's call."""
    return Ref(f"{leg}#{attempt}")


def view_of(calls: Iterable[CallView], call: CallId | None) -> CallView | None:
    """Return this call; None if it is gone."""
    return next((view for view in calls if view.call == call), None)


def dialled_before(calls: Iterable[CallView], number: E164) -> CallView | None:
    """Return the unowned outgoing call to this number; None without such a call."""
    ours = (one for one in calls if one.ref is None and one.direction is Direction.OUT)
    return next((one for one in ours if one.caller and same(one.caller, number)), None)


def unowned(calls: Iterable[CallView], direction: Direction, number: E164 | None) -> CallView | None:
    """Return the unowned call with this number; else the only call that may have the number, or None."""
    found = [call for call in calls if call.ref is None and call.direction is direction]
    if number is not None:
        fitting = [call for call in found if call.caller and same(call.caller, number)]
        if fitting:
            return fitting[0]
    nameless = [call for call in found if not call.caller]
    if number is not None or nameless:
        found = nameless
    return found[0] if len(found) == 1 else None
