"""Which leg stands on which of the modem's calls, how its call stands, and which calls are nobody's.

After a restart of this side no leg has its call by name: it is found by the number, and by what the journal
says to stand here.
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
"""Of so many legs, the newest, is remembered how their calls stand or ended."""
SETTLES_S: Final = 5.0
"""Within this every call of before a restart has been asked for by its leg."""

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
    """One attempt of a leg on this line, and how its call stands."""

    leg: LegId
    attempt: int
    state: CallState = CallState.DIALLING
    cause: int | None = None
    voice: VoicePort | None = None
    confirmed: bool = True
    adopted: bool = False
    joined: bool = False
    """As it was said last."""
    pressed: int = 0
    """How many DTMF digits have gone into it."""
    ending: bool = False
    """Whether it was to be hung up."""

    @property
    def live(self) -> bool:
        """Whether it has not been released."""
        return self.state is not CallState.RELEASED

    def release(self, cause: int) -> None:
        """It is over, or has come to nothing. `cause`: of Q.850, or one of ours."""
        self.state, self.cause = CallState.RELEASED, cause

    def report(self, line: LineId, joins: Joins, *, unheard: bool = False) -> CallReport:
        """What its leg is told. `unheard`: the modem does not answer."""
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
    """Every leg of one line. `voice_path`: where the line's voice can be opened; empty where it cannot.
    `voice_kind`: what is there (`messages.base.VoicePort`). `gains`: how it is amplified there.
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
        """Whose calls, by the journal, may be here without having been asked for yet."""
        self._voices: dict[CallId, VoicePort] = {}
        """Of calls whose voice flows, also of those that no leg has asked for yet."""
        self._unheard = False
        """Whether the modem has been silent for so long that nobody knows how its calls stand."""
        self.voice: VoicePort | None = None
        """Where the line's voice has flowed last."""

    @property
    def live(self) -> bool:
        """Whether any leg stands on this line."""
        return any(held.live for held in self.held.values())

    @property
    def joins(self) -> Joins:
        """How this line joins its calls."""
        return joins(self._driver.dialect, voice=bool(self.voice_path) and not self._driver.voiceless)

    @property
    def held_for(self) -> tuple[LegId, ...]:
        """The legs whose calls are here and that nobody wants ended."""
        held = [one.leg for one in self.held.values() if one.live and not one.ending]
        calls = self._driver.calls()
        # Known by its number alone: a process that has just started has given no call to anybody yet.
        left = [leg.leg for leg in self.left if leg.number and dialled_before(calls, leg.number) is not None]
        return tuple(dict.fromkeys((*held, *left)))

    def knows(self, leg: LegId, attempt: int) -> bool:
        """Whether this attempt of the leg has been heard of here."""
        return ref_of(leg, attempt) in self.held

    @property
    def set_up(self) -> list[CallView]:
        """The calls that we have made or answered, a leg's or nobody's."""
        return [call for call in self._driver.calls() if call.state not in COMING_IN]

    def unheard_is(self, unheard: bool) -> list[CallReport]:
        """The modem does not answer, or does again; return what the legs have to be told of it."""
        if unheard == self._unheard:
            return []
        self._unheard = unheard
        return [self.report(held) for held in self.held.values() if held.live]

    def voice_ready(self, event: VoiceReady) -> CallReport | None:
        """A call's voice flows; return what its leg is told of it."""
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
        """It is gone, and its voice with it."""
        self._voices.pop(call, None)

    # ------------------------------------------------------------ which call is meant

    def of_earlier(self, leg: LegId, attempt: int) -> CallView | None:
        """The call that an earlier attempt of this very leg still has here, though nobody wants it ended."""
        for ref, held in self.held.items():
            if held.leg != leg or held.attempt >= attempt or held.ending:
                continue
            view = self.view(self._driver.call_of(ref)) if held.live else None
            if view is not None:
                held.release(HangupCause.LINE_LOST)
                return view
        return None

    def find(self, leg: LegId, direction: Direction, number: E164 | None) -> CallView | None:
        """The call of this leg, set up by a former process. Where the modem has it under another number than
        was dialled: the only one that is nobody's, if no other leg that stands here misses its own."""
        calls = self._driver.calls()
        known = unowned(calls, direction, number)
        if known is not None or self.missing(direction) != {leg}:
            return known
        alone = [call for call in calls if call.ref is None and call.direction is direction]
        return alone[0] if len(alone) == 1 and alone[0].state not in COMING_IN else None

    def missing(self, direction: Direction) -> set[LegId]:
        """The legs that stand here by the journal, and have not asked for their calls yet."""
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
        """Make the call this attempt's. `found`: it was set up before."""
        self._driver.name(call.call, ref)
        held = self.hold(ref, leg, attempt)
        held.state, held.adopted, held.confirmed = LEG_STATE[call.state], found, call.confirmed
        held.voice = self._voices.get(call.call)
        return held

    def refused(self, ref: Ref, leg: LegId, attempt: int, cause: int) -> Held:
        """Remember this attempt, which came to nothing."""
        held = self.hold(ref, leg, attempt)
        held.release(cause)
        return held

    def unlisted(self, ref: Ref, direction: Direction, number: E164 | None, now_s: float) -> CallView | None:
        """A call that was up, of a number for which the modem's list has only its conference's one row."""
        if number is None or not self._driver.members_unlisted:
            return None
        return self.view(self._driver.adopt(ref, number, now_s, direction=direction))

    def view(self, call: CallId | None) -> CallView | None:
        """The call as the modem has it; None where it is gone."""
        return view_of(self._driver.calls(), call)

    def report(self, held: Held) -> CallReport:
        """What its leg is told."""
        return held.report(self._line, self.joins, unheard=self._unheard)


class NobodysCalls:
    """The calls of a line that are no leg's. Whoever is on such a call hears nothing, and the line is lost as
    long as that lasts. `rings`: whether a call is one that comes in.
    """

    def __init__(self, driver: Driver, standing: Standing, rings: Callable[[CallId], bool]) -> None:
        self._driver = driver
        self._standing = standing
        self._rings = rings
        self._strays: dict[CallId, float] = {}
        """Calls that are set up and nobody's, and since when they are."""
        self._ghosts: set[CallId] = set()
        """Calls that are no leg's, or no longer, and are being ended."""

    def add(self, call: CallId) -> None:
        """It should have ended, and has not: its leg goes on without it."""
        self._ghosts.add(call)

    def strays(self, now_s: float) -> list[CallId]:
        """Calls that have been up for a while, and that no leg has asked for; each is named now and then."""
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
        """Hang up those of them that can be no leg's, by what the journal knows to stand here (`left`)."""
        views = [view for call in strays if (view := self._standing.view(call)) is not None]
        ended = [view.call for view in views if not self._standing.missing(view.direction)]
        for call in ended:
            self._ghosts.add(call)
            self._driver.hang_up(call, now_s)
        return ended

    @property
    def ghosts(self) -> int:
        """How many calls are being ended here that are no leg's: the line is of no use meanwhile."""
        self._ghosts &= {call.call for call in self._driver.calls()}
        return len(self._ghosts)

    def end_all(self, now_s: float) -> None:
        """Hang up what we have made or answered."""
        for call in self._standing.set_up:
            self._ghosts.add(call.call)
            self._driver.hang_up(call.call, now_s)


def ref_of(leg: LegId, attempt: int) -> Ref:
    """What the driver knows the attempt's call by."""
    return Ref(f"{leg}#{attempt}")


def view_of(calls: Iterable[CallView], call: CallId | None) -> CallView | None:
    """This call, where it is still there."""
    return next((view for view in calls if view.call == call), None)


def dialled_before(calls: Iterable[CallView], number: E164) -> CallView | None:
    """The call to this number that is nobody's yet."""
    ours = (one for one in calls if one.ref is None and one.direction is Direction.OUT)
    return next((one for one in ours if one.caller and same(one.caller, number)), None)


def unowned(calls: Iterable[CallView], direction: Direction, number: E164 | None) -> CallView | None:
    """A call that is no leg's, with this number; where that is not known, the only one there is."""
    found = [call for call in calls if call.ref is None and call.direction is direction]
    if number is not None:
        fitting = [call for call in found if call.caller and same(call.caller, number)]
        if fitting:
            return fitting[0]
    nameless = [call for call in found if not call.caller]
    if number is not None or nameless:
        found = nameless
    return found[0] if len(found) == 1 else None
