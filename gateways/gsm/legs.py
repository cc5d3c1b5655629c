"""Which leg stands on which of the modem's calls: orders become requests to the driver, its events reports.

Pure as the driver is: the time is an argument, nothing is sent.

Every order may come twice, and after a restart of this side for calls that the modem has held through it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec

from gateways.gsm.at.parse import Direction
from gateways.gsm.call import COMING_IN, CallView
from gateways.gsm.driver import Driver
from gateways.gsm.errors import RequestRefused
from gateways.gsm.events import (
    CallAnswered,
    CallDialing,
    CallEvent,
    CallFound,
    CallId,
    CallIncoming,
    CallReleased,
    CallRinging,
    CallState,
    CallWaiting,
    Ref,
    VoiceReady,
)
from gateways.gsm.joining import Joining, in_conference, joins
from gateways.gsm.numbers import same
from messages.base import HangupCause, Joins, VoicePort
from messages.calls import (
    AnswerCall,
    AttachCall,
    CallReport,
    DialCall,
    HangUpCall,
    IncomingCall,
    IncomingCallGone,
)
from messages.calls import CallState as LegCallState
from messages.ids import E164, LegId, LineId
from model.leg import Leg, alert_of

Order = DialCall | AnswerCall | AttachCall | HangUpCall
News = CallReport | IncomingCall | IncomingCallGone

_LEG_STATE: Final = {
    CallState.DIALING: LegCallState.DIALLING,
    CallState.RINGING: LegCallState.RINGING,
    CallState.ACTIVE: LegCallState.ANSWERED,
    CallState.HELD: LegCallState.ANSWERED,
    CallState.INCOMING: LegCallState.DIALLING,
    CallState.WAITING: LegCallState.DIALLING,
    CallState.RELEASED: LegCallState.RELEASED,
}
_KEPT: Final = 256


class Held(msgspec.Struct, kw_only=True):
    """One attempt of a leg, and how its call stands."""

    leg: LegId
    attempt: int
    state: LegCallState = LegCallState.DIALLING
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


HEARD_ENOUGH: Final = 2
"""So often a caller's number is to be heard, by the ring and by the list of calls: on a bad cable one alone
may have a digit changed, and another woman would be identified, and called back."""


SPOKEN_FOR_S: Final = 3.0
"""A leg that cannot have its caller yet asks for her every second."""


SETTLES_S: Final = 5.0
"""Within this every call of before a restart has been asked for by its leg."""


class Ringing(msgspec.Struct, kw_only=True):
    """An inbound call that is nobody's leg yet."""

    since_s: float
    number: E164 | None = None
    withheld: bool = False
    asked_s: float = float("-inf")
    """When a leg has asked for it last: it is an alert's already."""


class LegsOnLine:
    """See the module. `first_number`: what this modem's inbound calls are counted from, never used before.

    `voice_path`: where the line's voice can be opened; empty where it cannot.
    """

    def __init__(
        self, line: LineId, driver: Driver, *, first_number: int, voice_path: str, number_within_s: float
    ) -> None:
        self._line = line
        self._driver = driver
        self._first_number = first_number
        self._number_within_s = number_within_s
        self.voice_path = voice_path
        self._held: dict[Ref, Held] = {}
        self._ringing: dict[CallId, Ringing] = {}
        self._over: dict[Ref, None] = {}
        """Attempts that were to be hung up before they were heard of: a dial of theirs comes too late."""
        self.left: list[Leg] = []
        """Whose calls, by the journal, may be here without having been asked for yet."""
        self._joining = Joining(driver)
        self._voices: dict[CallId, VoicePort] = {}
        """Of calls whose voice flows, also of those that no leg has asked for yet."""
        self.voice: VoicePort | None = None
        """Where the line's voice has flowed last."""

    @property
    def live(self) -> bool:
        """Whether any leg stands on this line."""
        return any(held.state is not LegCallState.RELEASED for held in self._held.values())

    @property
    def joins(self) -> Joins:
        """How this line joins its calls."""
        return joins(self._driver.dialect, voice=bool(self.voice_path) and not self._driver.voiceless)

    @property
    def held_for(self) -> tuple[LegId, ...]:
        """The legs whose calls are here and that nobody wants ended."""
        live = (one for one in self._held.values() if one.state is not LegCallState.RELEASED)
        held = [one.leg for one in live if not one.ending]
        # Known by its number alone: a process that has just started has given no call to anybody yet.
        left = [leg.leg for leg in self.left if leg.number and self._dialled_before(leg.number) is not None]
        return tuple(dict.fromkeys((*held, *left)))

    def _dialled_before(self, number: E164) -> CallView | None:
        calls = (one for one in self._driver.calls() if one.ref is None and one.direction is Direction.OUT)
        return next((one for one in calls if one.caller and same(one.caller, number)), None)

    def knows(self, leg: LegId, attempt: int) -> bool:
        """Whether this attempt of the leg has been heard of here."""
        return _ref(leg, attempt) in self._held

    def may_dial(self, order: Order) -> bool:
        """Whether obeying it can come to a dial: one that is new, or a call that waits to be added."""
        ref = _ref(order.leg, order.attempt)
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
        ref = _ref(order.leg, order.attempt)
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
            case AttachCall(digits=digits) if held is not None:
                self._press(ref, held, digits, now_s)
            case HangUpCall():
                held = self._hang_up(ref, order, held, now_s)
            case _:
                pass
        if held is None:
            return CallReport(
                leg=order.leg,
                attempt=order.attempt,
                line=self._line,
                state=LegCallState.UNKNOWN,
                reset=not self._driver.kept_settings,
            )
        return self._report(held)

    def _dial(self, ref: Ref, order: DialCall, now_s: float, until_s: float) -> Held:
        known = self._unowned(Direction.OUT, order.number) or self._of_earlier(order.leg, order.attempt)
        if known is not None:
            # The call of a former process of this line, or one that was given up while this node was not
            # heard: taken over, not dialled again.
            return self._own(ref, order.leg, order.attempt, known)
        others = [call for call in self._driver.calls() if call.ref is not None]
        if others and not self._can_add(order, others):
            return self._refused(ref, order.leg, order.attempt, HangupCause.LINE_TAKEN)
        held = self._hold(ref, order.leg, order.attempt)
        if others:
            self._joining.add(ref, order.number, now_s, until_s)
            return held
        try:
            self._driver.dial(ref, order.number, now_s, emergency=order.emergency, until_s=until_s)
        except RequestRefused:
            held.state, held.cause = LegCallState.RELEASED, HangupCause.INVALID_NUMBER
        return held

    def _of_earlier(self, leg: LegId, attempt: int) -> CallView | None:
        """The call that an earlier attempt of this very leg still has here, though nobody wants it ended."""
        for ref, held in self._held.items():
            if held.leg != leg or held.attempt >= attempt or held.ending:
                continue
            call = self._driver.call_of(ref)
            view = None if call is None or held.state is LegCallState.RELEASED else self._view(call)
            if view is not None:
                held.state, held.cause = LegCallState.RELEASED, HangupCause.LINE_LOST
                return view
        return None

    def _can_add(self, order: DialCall, others: Sequence[CallView]) -> bool:
        """Whether it can be joined in the network with the others: all of them are up, and its alert's."""
        return (
            not order.emergency
            and self._joining.adding is None
            and all(call.state in (CallState.ACTIVE, CallState.HELD) for call in others)
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
        call = CallId(order.call - self._first_number)
        view = self._view(call) or self._unowned(Direction.IN, order.number)
        if view is None:
            return self._refused(ref, order.leg, order.attempt, HangupCause.NORMAL)
        others = [one for one in self.set_up if one.call != view.call]
        ringing = self._ringing.get(view.call)
        if ringing is not None:
            ringing.asked_s = now_s
        if ringing is not None and now_s - ringing.since_s < SETTLES_S and any(not one.ref for one in others):
            return None  # whose they are is not known yet, after a restart
        talking = [one for one in others if one.ref is not None]
        if talking and not self._are_of_the_alert(talking, order.leg):
            # Answered, it would put on hold whoever talks here, and nobody would hear her.
            if view.number is None and view.state in COMING_IN:
                return None  # nobody who could be called back: she is answered when the line is free
            self._driver.hang_up(view.call, now_s)
            return self._refused(ref, order.leg, order.attempt, HangupCause.LINE_TAKEN)
        self._ringing.pop(view.call, None)
        held = self._own(ref, order.leg, order.attempt, view, found=view.answered)
        try:
            self._driver.answer(view.call, now_s)
        except RequestRefused:
            held.state, held.cause = LegCallState.RELEASED, HangupCause.NORMAL
        return held

    def _answer_still(self, ref: Ref, now_s: float) -> None:
        """Again, where the modem has not taken the answer: a muted one forgets it."""
        call = self._driver.call_of(ref)
        view = None if call is None else self._view(call)
        if view is not None and view.state is CallState.INCOMING:
            with suppress(RequestRefused):
                self._driver.answer(view.call, now_s)

    def _attach(self, ref: Ref, order: AttachCall, now_s: float) -> Held | None:
        direction = Direction.OUT if order.call is None else Direction.IN
        known = self._unowned(direction, order.number)
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
        if call is None or held.state is not LegCallState.ANSWERED:
            return
        fresh, held.pressed = digits[held.pressed :], max(held.pressed, len(digits))
        for digit in fresh:
            with suppress(RequestRefused):
                self._driver.send_digit(call, digit, now_s)

    def _hang_up(self, ref: Ref, order: HangUpCall, held: Held | None, now_s: float) -> Held | None:
        if held is None:
            direction = Direction.OUT if order.call is None else Direction.IN
            known = self._unowned(direction, order.number)
            if known is None and not order.unanswered:
                known = self._unlisted(ref, direction, order.number, now_s)
            if known is None or (direction is Direction.IN and not known.answered):
                self._over[ref] = None
                while len(self._over) > _KEPT:
                    del self._over[next(iter(self._over))]
                return None
            held = self._own(ref, order.leg, order.attempt, known)
        held.ending = True
        if self._joining.forget(ref):
            held.state, held.cause = LegCallState.RELEASED, HangupCause.NORMAL
        call = self._driver.call_of(ref)
        answered = order.unanswered and held.state is LegCallState.ANSWERED
        if call is not None and held.state is not LegCallState.RELEASED and not answered:
            self._driver.hang_up(call, now_s, unless_answered=order.unanswered)
        return held

    def reject(self, number: int, now_s: float) -> None:
        """Decline an inbound call that nobody has answered."""
        call = CallId(number - self._first_number)
        if call in self._ringing:
            self._driver.hang_up(call, now_s)

    @property
    def set_up(self) -> list[CallView]:
        """The calls that we have made or answered, a leg's or nobody's."""
        return [call for call in self._driver.calls() if call.state not in COMING_IN]

    def end_all(self, now_s: float) -> None:
        """Hang up what we have made or answered."""
        for call in self.set_up:
            self._driver.hang_up(call.call, now_s)

    # ------------------------------------------------------------ news

    def go_on(self, now_s: float) -> list[CallReport]:
        """Join what is to be joined in the network, and say whose place in the conference has changed."""
        if self.joins is not Joins.NETWORK:
            return []
        given_up = self._joining.go_on(now_s) if self._have_one_alert() else None
        told: list[CallReport] = []
        for ref, held in self._held.items():
            if held.state is LegCallState.RELEASED:
                continue
            before = (held.state, held.joined)
            if ref == given_up:
                held.state, held.cause = LegCallState.RELEASED, HangupCause.LINE_TAKEN
            held.joined = held.state is LegCallState.ANSWERED and self._is_joined(ref)
            if before != (held.state, held.joined):
                told.append(self._report(held))
        return told

    def _have_one_alert(self) -> bool:
        """Never are people of two alerts joined, whatever the modem has made of a call that waited."""
        refs = (call.ref for call in self.set_up)
        legs = (self._held.get(ref) for ref in refs if ref is not None)
        return len({alert_of(held.leg) for held in legs if held is not None}) <= 1

    def _is_joined(self, ref: Ref) -> bool:
        call = self._driver.call_of(ref)
        view = None if call is None else self._view(call)
        return view is not None and in_conference(view)

    def hear(self, event: CallEvent | VoiceReady, now_s: float) -> CallReport | IncomingCallGone | None:
        """What an event of the driver means for the leg whose call it is."""
        if isinstance(event, VoiceReady):
            return self._voice_ready(event)
        if isinstance(event, CallReleased):
            self._voices.pop(event.call, None)
        held = None if event.ref is None else self._held.get(event.ref)
        if held is None:
            return self._unowned_event(event, now_s)
        match event:
            case CallRinging():
                held.state = LegCallState.RINGING
            case CallAnswered(confirmed=confirmed):
                held.state, held.confirmed = LegCallState.ANSWERED, confirmed
            case CallFound(state=state):
                held.state, held.adopted = _LEG_STATE[state], True
            case CallReleased(cause=cause):
                held.state, held.voice, held.joined = LegCallState.RELEASED, None, False
                held.cause = HangupCause.NORMAL_UNSPECIFIED if cause is None else cause
            case CallDialing():
                held.state = LegCallState.DIALLING
            case _:
                return None
        return self._report(held)

    def _voice_ready(self, event: VoiceReady) -> CallReport | None:
        if self.voice_path:
            self.voice = self._voices[event.call] = VoicePort(
                path=self.voice_path, rate_hz=event.rate_hz, frame_bytes=event.frame_bytes
            )
        for ref, held in self._held.items():
            if self._driver.call_of(ref) == event.call and held.state is not LegCallState.RELEASED:
                held.voice = self._voices.get(event.call)
                return self._report(held)
        return None

    def _unowned_event(self, event: CallEvent, now_s: float) -> IncomingCallGone | None:
        view = self._view(event.call)
        if isinstance(event, CallReleased):
            if self._ringing.pop(event.call, None) is not None:
                return IncomingCallGone(line=self._line, call=self._first_number + event.call)
        elif view is not None and (view.state in COMING_IN or isinstance(event, CallIncoming | CallWaiting)):
            # One that came in just as another was put on hold may have been taken with that: it rings for us.
            ringing = self._ringing.setdefault(event.call, Ringing(since_s=now_s))
            ringing.number = None if view.number is None else E164(view.number)
            ringing.withheld = view.withheld
        return None

    def incoming(self, now_s: float) -> list[IncomingCall]:
        """The inbound calls that ring, and that are no leg's and are asked for by none."""
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
        """Whether a call rings whose number nothing has confirmed yet."""
        return any(not self._is_sure(call) for call in self._ringing)

    def _is_sure(self, call: CallId) -> bool:
        view = self._view(call)
        return view is not None and view.number is not None and view.number_heard >= HEARD_ENOUGH

    def next_s(self, now_s: float) -> float | None:
        """When there is something to do: a call that rings is told of as it is, whether or not its number is
        known and confirmed; calls are to be joined."""
        ahead = [ringing.since_s + self._number_within_s for ringing in self._ringing.values()]
        ahead += [when for when in (self._joining.next_s(),) if when is not None]
        return min((when for when in ahead if when > now_s), default=None)

    # ------------------------------------------------------------ small things

    def _hold(self, ref: Ref, leg: LegId, attempt: int) -> Held:
        held = Held(leg=leg, attempt=attempt)
        self._held[ref] = held
        while len(self._held) > _KEPT:
            del self._held[next(iter(self._held))]
        return held

    def _own(self, ref: Ref, leg: LegId, attempt: int, call: CallView, *, found: bool = True) -> Held:
        self._driver.name(call.call, ref)
        held = self._hold(ref, leg, attempt)
        held.state, held.adopted, held.confirmed = _LEG_STATE[call.state], found, call.confirmed
        held.voice = self._voices.get(call.call)
        return held

    def _refused(self, ref: Ref, leg: LegId, attempt: int, cause: int) -> Held:
        held = self._hold(ref, leg, attempt)
        held.state, held.cause = LegCallState.RELEASED, cause
        return held

    def _unowned(self, direction: Direction, number: E164 | None) -> CallView | None:
        """A call that is no leg's, with this number; where that is not known, the only one there is."""
        calls = [call for call in self._driver.calls() if call.ref is None and call.direction is direction]
        if number is not None:
            fitting = [call for call in calls if call.caller and same(call.caller, number)]
            if fitting:
                return fitting[0]
        nameless = [call for call in calls if not call.caller]
        if number is not None or nameless:
            calls = nameless
        return calls[0] if len(calls) == 1 else None

    def _unlisted(self, ref: Ref, direction: Direction, number: E164 | None, now_s: float) -> CallView | None:
        """A call that was up, where the modem's list has one row for all members of a conference: hers."""
        if number is None or not self._driver.members_unlisted:
            return None
        return self._view(self._driver.adopt(ref, number, now_s, direction=direction))

    def _view(self, call: CallId) -> CallView | None:
        return next((view for view in self._driver.calls() if view.call == call), None)

    def _report(self, held: Held) -> CallReport:
        return CallReport(
            leg=held.leg,
            attempt=held.attempt,
            line=self._line,
            state=held.state,
            cause=held.cause,
            voice=held.voice,
            confirmed=held.confirmed,
            adopted=held.adopted,
            joins=self.joins,
            joined=held.joined,
        )


def _ref(leg: LegId, attempt: int) -> Ref:
    return Ref(f"{leg}#{attempt}")
