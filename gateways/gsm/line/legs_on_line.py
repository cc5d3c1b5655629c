"""Which leg stands on which of the modem's calls: orders become requests to the driver, its events reports.

Pure as the driver is: the time is an argument, nothing is sent.

Every order may come twice, and after a restart of this side for calls that the modem has held through it.
What rings and is nobody's yet is kept in `ringing`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.call import COMING_IN, CallView
from gateways.gsm.calls.dial_faults import DialFaults
from gateways.gsm.calls.joining import Joining, in_conference, joins
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import (
    CallAnswered,
    CallDialing,
    CallEvent,
    CallFound,
    CallId,
    CallReleased,
    CallRinging,
    Ref,
    VoiceReady,
)
from gateways.gsm.errors import RequestRefused
from gateways.gsm.line.call_matching import dialled_before, unowned, view_of
from gateways.gsm.line.leg_call import LEG_STATE, Held, ref_of
from gateways.gsm.line.ringing import RingingCalls
from messages.base import NO_GAINS, Gains, HangupCause, Joins, VoicePort
from messages.calls import (
    AnswerCall,
    AttachCall,
    CallReport,
    CallState,
    DialCall,
    HangUpCall,
    IncomingCall,
    IncomingCallGone,
)
from messages.ids import E164, LegId, LineId
from model.alert.leg import Leg, alert_of

Order = DialCall | AnswerCall | AttachCall | HangUpCall
News = CallReport | IncomingCall | IncomingCallGone

KEPT: Final = 256
"""Of so many legs, the newest, is remembered how their calls stand or ended."""

SETTLES_S: Final = 5.0
"""Within this every call of before a restart has been asked for by its leg."""


class LegsOnLine:
    """See the module. `first_number`: what this modem's inbound calls are counted from, never used before.

    `voice_path`: where the line's voice can be opened; empty where it cannot. `voice_kind`: what is there
    (`messages.base.VoicePort`). `gains`: how it is amplified there. `emergency`: kept for 112.
    """

    def __init__(
        self,
        line: LineId,
        driver: Driver,
        *,
        first_number: int,
        voice_path: str,
        voice_kind: str = "tty",
        number_within_s: float,
        gains: Gains = NO_GAINS,
        emergency: bool = False,
    ) -> None:
        self._line = line
        self._driver = driver
        self.voice_path = voice_path
        self._voice_kind = voice_kind
        self._gains = gains
        self.ringing: Final = RingingCalls(
            line, driver, first_number=first_number, number_within_s=number_within_s
        )
        self._held: dict[Ref, Held] = {}
        self._over: dict[Ref, None] = {}
        """Attempts that were to be hung up before they were heard of: a dial of theirs comes too late."""
        self.left: list[Leg] = []
        """Whose calls, by the journal, may be here without having been asked for yet."""
        self._joining = Joining(driver)
        self.faults: Final = DialFaults(emergency=emergency)
        self._strays: dict[CallId, float] = {}
        """Calls that are set up and nobody's, and since when they are."""
        self._ghosts: set[CallId] = set()
        """Calls that are no leg's, or no longer, and are being ended."""
        self._voices: dict[CallId, VoicePort] = {}
        """Of calls whose voice flows, also of those that no leg has asked for yet."""
        self._unheard = False
        """Whether the modem has been silent for so long that nobody knows how its calls stand."""
        self.voice: VoicePort | None = None
        """Where the line's voice has flowed last."""

    @property
    def live(self) -> bool:
        """Whether any leg stands on this line."""
        return any(held.live for held in self._held.values())

    @property
    def joins(self) -> Joins:
        """How this line joins its calls."""
        return joins(self._driver.dialect, voice=bool(self.voice_path) and not self._driver.voiceless)

    @property
    def held_for(self) -> tuple[LegId, ...]:
        """The legs whose calls are here and that nobody wants ended."""
        held = [one.leg for one in self._held.values() if one.live and not one.ending]
        calls = self._driver.calls()
        # Known by its number alone: a process that has just started has given no call to anybody yet.
        left = [leg.leg for leg in self.left if leg.number and dialled_before(calls, leg.number) is not None]
        return tuple(dict.fromkeys((*held, *left)))

    def knows(self, leg: LegId, attempt: int) -> bool:
        """Whether this attempt of the leg has been heard of here."""
        return ref_of(leg, attempt) in self._held

    def may_dial(self, order: Order) -> bool:
        """Whether obeying it can come to a dial: one that is new, or a call that waits to be added."""
        ref = ref_of(order.leg, order.attempt)
        match order:
            case DialCall() if ref not in self._held:
                return True
            case DialCall() | AttachCall():
                return self._joining.adding == ref
            case _:
                return False

    # ------------------------------------------------------------ orders

    def obey(self, order: Order, now_s: float, until_s: float = math.inf) -> CallReport:
        """Do what a leg wishes, as far as it is not done, and say how its call stands.

        `until_s`: how long whoever wishes it has the right to have it dialled.
        """
        ref = ref_of(order.leg, order.attempt)
        held = self._held.get(ref)
        if self.may_dial(order):
            self._joining.still_wished(ref, until_s)
        match order:
            case DialCall() if held is None and ref not in self._over:
                held = self._dial(ref, order, now_s, until_s)
            case AnswerCall() if held is None:
                held = self._answer(ref, order, now_s)
            case AnswerCall():
                self._answer_still(ref, now_s)
            case AttachCall() if held is None:
                held = self._attach(ref, order, now_s)
            case AttachCall(digits=digits, silent=silent) if held is not None:
                self._press(ref, held, digits, now_s)
                if silent and (call := self._driver.call_of(ref)) is not None:
                    self._driver.wear.silent(call, now_s)
            case HangUpCall():
                held = self._hang_up(ref, order, held, now_s)
            case _:
                pass
        if held is None:
            return CallReport(
                leg=order.leg,
                attempt=order.attempt,
                line=self._line,
                state=CallState.UNKNOWN,
                reset=not self._driver.kept_settings,
            )
        return self._report(held)

    def _dial(self, ref: Ref, order: DialCall, now_s: float, until_s: float) -> Held:
        calls = self._driver.calls()
        known = self._find(order.leg, Direction.OUT, order.number)
        known = known or self._of_earlier(order.leg, order.attempt)
        if known is not None:
            # The call of a former process of this line, or one that was given up while this node was not
            # heard: taken over, not dialled again.
            return self._own(ref, order.leg, order.attempt, known)
        others = [call for call in calls if call.ref is not None]
        if self.ghosts or (others and not self._can_add(order, others)):
            return self._refused(ref, order.leg, order.attempt, HangupCause.LINE_TAKEN)
        if self.faults.rests(now_s):
            return self._refused(ref, order.leg, order.attempt, HangupCause.TEMPORARY_FAILURE)
        held = self._hold(ref, order.leg, order.attempt)
        if others:
            self._joining.add(ref, order.number, now_s, until_s)
            return held
        try:
            self._driver.dial(ref, order.number, now_s, emergency=order.emergency, until_s=until_s)
        except RequestRefused:
            held.release(HangupCause.INVALID_NUMBER)
        return held

    def _of_earlier(self, leg: LegId, attempt: int) -> CallView | None:
        """The call that an earlier attempt of this very leg still has here, though nobody wants it ended."""
        for ref, held in self._held.items():
            if held.leg != leg or held.attempt >= attempt or held.ending:
                continue
            view = self._view(self._driver.call_of(ref)) if held.live else None
            if view is not None:
                held.release(HangupCause.LINE_LOST)
                return view
        return None

    def _can_add(self, order: DialCall, others: Sequence[CallView]) -> bool:
        """Whether it can be joined in the network with the others: all of them are up, and its alert's."""
        return (
            not order.emergency
            and self._joining.adding is None
            and all(call.state in (Stat.ACTIVE, Stat.HELD) for call in others)
            and self._are_of_the_alert(others, order.leg)
        )

    def _are_of_the_alert(self, calls: Sequence[CallView], leg: LegId) -> bool:
        """Whether this line joins in the network, and these are calls of the leg's alert."""
        theirs = {
            alert_of(held.leg) if (held := self._held.get(call.ref)) is not None else None
            for call in calls
            if call.ref is not None
        }
        return self.joins is Joins.NETWORK and theirs == {alert_of(leg)}

    def _answer(self, ref: Ref, order: AnswerCall, now_s: float) -> Held | None:
        calls = self._driver.calls()
        view = view_of(calls, self.ringing.call(order.call)) or unowned(calls, Direction.IN, order.number)
        if view is None:
            return self._refused(ref, order.leg, order.attempt, HangupCause.NORMAL)
        others = [one for one in self.set_up if one.call != view.call]
        ringing = self.ringing.asked_for(view.call, now_s)
        if ringing is not None and now_s - ringing.since_s < SETTLES_S and any(not one.ref for one in others):
            return None  # whose they are is not known yet, after a restart
        talking = [one for one in others if one.ref is not None]
        if talking and not self._are_of_the_alert(talking, order.leg):
            # Answered, it would put on hold whoever talks here, and nobody would hear her.
            if view.number is None and view.state in COMING_IN:
                return None  # nobody who could be called back: she is answered when the line is free
            self._driver.hang_up(view.call, now_s)
            return self._refused(ref, order.leg, order.attempt, HangupCause.LINE_TAKEN)
        self.ringing.taken(view.call)
        held = self._own(ref, order.leg, order.attempt, view, found=view.answered)
        try:
            self._driver.answer(view.call, now_s)
        except RequestRefused:
            held.release(HangupCause.NORMAL)
        return held

    def _answer_still(self, ref: Ref, now_s: float) -> None:
        """Again, where the modem has not taken the answer: a muted one forgets it."""
        view = self._view(self._driver.call_of(ref))
        if view is not None and view.state is Stat.INCOMING:
            with suppress(RequestRefused):
                self._driver.answer(view.call, now_s)

    def _attach(self, ref: Ref, order: AttachCall, now_s: float) -> Held | None:
        direction = Direction.OUT if order.call is None else Direction.IN
        known = self._find(order.leg, direction, order.number)
        if known is None and order.answered:
            known = self._unlisted(ref, direction, order.number, now_s)
        if known is None:
            return None
        held = self._own(ref, order.leg, order.attempt, known)
        held.pressed = len(order.digits)
        return held

    def _press(self, ref: Ref, held: Held, digits: str, now_s: float) -> None:
        """Send what was pressed since, each key once whatever becomes of it."""
        call = self._driver.call_of(ref)
        if call is None or held.state is not CallState.ANSWERED:
            return
        fresh, held.pressed = digits[held.pressed :], max(held.pressed, len(digits))
        for digit in fresh:
            with suppress(RequestRefused):
                self._driver.send_digit(call, digit, now_s)

    def _hang_up(self, ref: Ref, order: HangUpCall, held: Held | None, now_s: float) -> Held | None:
        if held is None:
            direction = Direction.OUT if order.call is None else Direction.IN
            known = self._find(order.leg, direction, order.number)
            if known is None and not order.unanswered:
                known = self._unlisted(ref, direction, order.number, now_s)
            if known is None or (direction is Direction.IN and not known.answered):
                self._over[ref] = None
                while len(self._over) > KEPT:
                    del self._over[next(iter(self._over))]
                return None
            held = self._own(ref, order.leg, order.attempt, known)
        held.ending = True
        if self._joining.forget(ref):
            held.release(HangupCause.NORMAL)
        call = self._driver.call_of(ref)
        answered = order.unanswered and held.state is CallState.ANSWERED
        if call is not None and held.live and not answered:
            self._driver.hang_up(call, now_s, unless_answered=order.unanswered)
        return held

    @property
    def set_up(self) -> list[CallView]:
        """The calls that we have made or answered, a leg's or nobody's."""
        return [call for call in self._driver.calls() if call.state not in COMING_IN]

    def strays(self, now_s: float) -> list[CallId]:
        """Calls that have been up for a while, and that no leg has asked for; each is named now and then."""
        nobodys = {
            call.call
            for call in self.set_up
            if call.ref is None and not self._driver.hangs_up(call.call) and not self.ringing.has(call.call)
        }
        self._strays = {call: self._strays.get(call, now_s) for call in nobodys}
        found = [call for call, since_s in self._strays.items() if now_s - since_s >= SETTLES_S]
        self._strays |= dict.fromkeys(found, now_s)
        return found

    def end_strays(self, strays: Sequence[CallId], now_s: float) -> list[CallId]:
        """Hang up those of them that can be no leg's, by what the journal knows to stand here (`left`)."""
        views = [view for call in strays if (view := self._view(call)) is not None]
        ended = [view.call for view in views if not self._missing(view.direction)]
        for call in ended:
            self._ghosts.add(call)
            self._driver.hang_up(call, now_s)
        return ended

    @property
    def ghosts(self) -> int:
        """How many calls are being ended here that are no leg's: the line is of no use meanwhile."""
        self._ghosts &= {call.call for call in self._driver.calls()}
        return len(self._ghosts)

    def stuck(self, call: CallId) -> CallReport | None:
        """It should have ended, and has not: its leg goes on without it.

        It counts as hung up, as was asked for. A line that is lost would have the leg dial again by itself.
        """
        self._ghosts.add(call)
        for ref, held in self._held.items():
            if self._driver.call_of(ref) == call and held.live:
                held.voice, held.joined = None, False
                held.release(HangupCause.NORMAL)
                return self._report(held)
        return None

    def end_all(self, now_s: float) -> None:
        """Hang up what we have made or answered."""
        for call in self.set_up:
            self._ghosts.add(call.call)
            self._driver.hang_up(call.call, now_s)

    # ------------------------------------------------------------ news

    def go_on(self, now_s: float) -> list[CallReport]:
        """Join what is to be joined in the network, and say whose place in the conference has changed."""
        if self.joins is not Joins.NETWORK:
            return []
        given_up = self._joining.go_on(now_s) if self._have_one_alert() else None
        told: list[CallReport] = []
        for ref, held in self._held.items():
            if not held.live:
                continue
            before = (held.state, held.joined)
            if ref == given_up:
                held.release(HangupCause.LINE_TAKEN)
            held.joined = held.state is CallState.ANSWERED and self._is_joined(ref)
            if before != (held.state, held.joined):
                told.append(self._report(held))
        return told

    def _have_one_alert(self) -> bool:
        """Never are people of two alerts joined, whatever the modem has made of a call that waited."""
        refs = (call.ref for call in self.set_up)
        legs = (self._held.get(ref) for ref in refs if ref is not None)
        return len({alert_of(held.leg) for held in legs if held is not None}) <= 1

    def _is_joined(self, ref: Ref) -> bool:
        view = self._view(self._driver.call_of(ref))
        return view is not None and in_conference(view)

    def unheard_is(self, unheard: bool) -> list[CallReport]:
        """The modem does not answer, or does again; return what the legs have to be told of it."""
        if unheard == self._unheard:
            return []
        self._unheard = unheard
        return [self._report(held) for held in self._held.values() if held.live]

    def hear(self, event: CallEvent | VoiceReady, now_s: float) -> CallReport | IncomingCallGone | None:
        """What an event of the driver means for the leg whose call it is."""
        if isinstance(event, VoiceReady):
            return self._voice_ready(event)
        self.faults.hear(event, now_s, beside=any(call.call != event.call for call in self.set_up))
        if isinstance(event, CallReleased):
            self._voices.pop(event.call, None)
        held = None if event.ref is None else self._held.get(event.ref)
        if held is None:
            return self.ringing.hear(event, now_s)
        if not held.live:
            return None  # it was given up, and is known to be over
        match event:
            case CallRinging():
                held.state = CallState.RINGING
            case CallAnswered(confirmed=confirmed):
                held.state, held.confirmed = CallState.ANSWERED, confirmed
            case CallFound(state=state):
                held.state, held.adopted = LEG_STATE[state], True
            case CallReleased(cause=cause):
                held.voice, held.joined = None, False
                held.release(HangupCause.NORMAL_UNSPECIFIED if cause is None else cause)
            case CallDialing():
                held.state = CallState.DIALLING
            case _:
                return None
        return self._report(held)

    def _voice_ready(self, event: VoiceReady) -> CallReport | None:
        if self.voice_path:
            self.voice = self._voices[event.call] = VoicePort(
                path=self.voice_path,
                kind=self._voice_kind,
                rate_hz=event.rate_hz,
                frame_bytes=event.frame_bytes,
                gains=self._gains,
                pace=event.pace,
            )
        for ref, held in self._held.items():
            if self._driver.call_of(ref) == event.call and held.live:
                held.voice = self._voices.get(event.call)
                return self._report(held)
        return None

    def next_s(self, now_s: float) -> float | None:
        """When there is something to do: a call that rings is told of as it is, whether or not its number is
        known and confirmed; calls are to be joined."""
        ahead = self.ringing.dues()
        also = (self._joining.next_s(), self.faults.next_s(now_s))
        ahead += [when for when in also if when is not None]
        return min((when for when in ahead if when > now_s), default=None)

    # ------------------------------------------------------------ small things

    def _find(self, leg: LegId, direction: Direction, number: E164 | None) -> CallView | None:
        """The call of this leg, set up by a former process. Where the modem has it under another number than
        was dialled: the only one that is nobody's, if no other leg that stands here misses its own."""
        calls = self._driver.calls()
        known = unowned(calls, direction, number)
        if known is not None or self._missing(direction) != {leg}:
            return known
        alone = [call for call in calls if call.ref is None and call.direction is direction]
        return alone[0] if len(alone) == 1 and alone[0].state not in COMING_IN else None

    def _missing(self, direction: Direction) -> set[LegId]:
        """The legs that stand here by the journal, and have not asked for their calls yet."""
        here = {held.leg for held in self._held.values() if held.live}
        outbound = direction is Direction.OUT
        return {leg.leg for leg in self.left if (leg.call is None) is outbound and leg.leg not in here}

    def _hold(self, ref: Ref, leg: LegId, attempt: int) -> Held:
        held = Held(leg=leg, attempt=attempt)
        self._held[ref] = held
        while len(self._held) > KEPT:
            del self._held[next(iter(self._held))]
        return held

    def _own(self, ref: Ref, leg: LegId, attempt: int, call: CallView, *, found: bool = True) -> Held:
        self._driver.name(call.call, ref)
        held = self._hold(ref, leg, attempt)
        held.state, held.adopted, held.confirmed = LEG_STATE[call.state], found, call.confirmed
        held.voice = self._voices.get(call.call)
        return held

    def _refused(self, ref: Ref, leg: LegId, attempt: int, cause: int) -> Held:
        held = self._hold(ref, leg, attempt)
        held.release(cause)
        return held

    def _unlisted(self, ref: Ref, direction: Direction, number: E164 | None, now_s: float) -> CallView | None:
        """A call that was up, of a number for which the modem's list has only its conference's one row."""
        if number is None or not self._driver.members_unlisted:
            return None
        return self._view(self._driver.adopt(ref, number, now_s, direction=direction))

    def _view(self, call: CallId | None) -> CallView | None:
        return view_of(self._driver.calls(), call)

    def _report(self, held: Held) -> CallReport:
        return held.report(self._line, self.joins, unheard=self._unheard)
