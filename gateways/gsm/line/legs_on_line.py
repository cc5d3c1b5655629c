"""The legs on one line's calls: orders become requests to the driver, the driver's events become reports.

Pure like the driver: the time is an argument, nothing is sent.

Every order may come twice; after a restart of this process, also for calls that the modem has held meanwhile.
Ringing calls without a leg are kept in `ringing`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.call import INCOMING_STATES, CallView
from gateways.gsm.calls.dial_faults import DialFaults
from gateways.gsm.calls.joining import Joining, in_conference
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
from gateways.gsm.line.leg_register import (
    CALL_STATE,
    CLAIM_TIME_S,
    MAX_ATTEMPTS_KEPT,
    LegAttempt,
    LegRegister,
    UnownedCalls,
    find_unowned,
    ref_of,
    view_of,
)
from gateways.gsm.line.ringing_calls import RingingCalls
from messages.base import NO_GAINS, Gains, HangupCause, Joins
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
from messages.ids import LegId, LineId
from model.alert.leg import alert_of

Order = DialCall | AnswerCall | AttachCall | HangUpCall
LineMessage = CallReport | IncomingCall | IncomingCallGone


class LegsOnLine:
    """The legs of one line. `first_number`: base for numbering its inbound calls, never used before.

    `voice_path`, `voice_kind`, `gains`: see `LegRegister`. `emergency`: the line is kept for 112.
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
        self.register: Final = LegRegister(
            line, driver, voice_path=voice_path, voice_kind=voice_kind, gains=gains
        )
        self.ringing: Final = RingingCalls(
            line, driver, first_number=first_number, number_within_s=number_within_s
        )
        self.unowned: Final = UnownedCalls(driver, self.register, self.ringing.has)
        self._ended_attempts: dict[Ref, None] = {}
        """Attempts with a hang-up before any other order: a later dial order for them is ignored."""
        self._joining = Joining(driver)
        self.dial_faults: Final = DialFaults(emergency=emergency)

    def may_dial(self, order: Order) -> bool:
        """Return True if obeying the order may dial: a new dial, or a call that waits to be added."""
        ref = ref_of(order.leg, order.attempt)
        match order:
            case DialCall() if ref not in self.register.attempts:
                return True
            case DialCall() | AttachCall():
                return self._joining.waiting_ref == ref
            case _:
                return False

    # ------------------------------------------------------------ orders

    def execute(self, order: Order, now_s: float, until_s: float = math.inf) -> CallReport:
        """Carry out an order of a leg, as far as not done yet, and return the state of its call.

        `until_s`: time until which the requester has the right to the dial.
        """
        ref = ref_of(order.leg, order.attempt)
        held = self.register.attempts.get(ref)
        if self.may_dial(order):
            self._joining.extend_right(ref, until_s)
        match order:
            case DialCall() if held is None and ref not in self._ended_attempts:
                held = self._dial(ref, order, now_s, until_s)
            case AnswerCall() if held is None:
                held = self._answer(ref, order, now_s)
            case AnswerCall():
                self._repeat_answer(ref, now_s)
            case AttachCall() if held is None:
                held = self._attach(ref, order, now_s)
            case AttachCall(digits=digits, silent=silent) if held is not None:
                self._send_digits(ref, held, digits, now_s)
                if silent and (call := self._driver.call_of(ref)) is not None:
                    self._driver.voice_degradation.on_silence(call, now_s)
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
        return self.register.report(held)

    def _dial(self, ref: Ref, order: DialCall, now_s: float, until_s: float) -> LegAttempt:
        calls = self._driver.calls()
        known = self.register.find(order.leg, Direction.OUT, order.number)
        known = known or self.register.take_call_of_earlier_attempt(order.leg, order.attempt)
        if known is not None:
            # The call of a former process of this line, or a call given up while this node was unreachable:
            # it is taken over, not dialled again.
            return self.register.assign_call(ref, order.leg, order.attempt, known)
        others = [call for call in calls if call.ref is not None]
        if self.unowned.orphan_count or (others and not self._can_add(order, others)):
            return self.register.add_failed_attempt(ref, order.leg, order.attempt, HangupCause.LINE_TAKEN)
        if self.dial_faults.is_paused(now_s):
            return self.register.add_failed_attempt(
                ref, order.leg, order.attempt, HangupCause.TEMPORARY_FAILURE
            )
        held = self.register.add_attempt(ref, order.leg, order.attempt)
        if others:
            self._joining.add(ref, order.number, now_s, until_s)
            return held
        try:
            self._driver.dial(ref, order.number, now_s, emergency=order.emergency, until_s=until_s)
        except RequestRefused:
            held.release(HangupCause.INVALID_NUMBER)
        return held

    def _can_add(self, order: DialCall, others: Sequence[CallView]) -> bool:
        """Return True if the call can be joined to the others in the network: all are up and of its alert."""
        return (
            not order.emergency
            and self._joining.waiting_ref is None
            and all(call.state in (Stat.ACTIVE, Stat.HELD) for call in others)
            and self._belong_to_alert(others, order.leg)
        )

    def _belong_to_alert(self, calls: Sequence[CallView], leg: LegId) -> bool:
        """Return True if this line joins in the network, and these are calls of the leg's alert."""
        theirs = {
            alert_of(held.leg) if (held := self.register.attempts.get(call.ref)) is not None else None
            for call in calls
            if call.ref is not None
        }
        return self.register.joins is Joins.NETWORK and theirs == {alert_of(leg)}

    def _answer(self, ref: Ref, order: AnswerCall, now_s: float) -> LegAttempt | None:
        calls = self._driver.calls()
        view = view_of(calls, self.ringing.call_id(order.call)) or find_unowned(
            calls, Direction.IN, order.number
        )
        if view is None:
            return self.register.add_failed_attempt(ref, order.leg, order.attempt, HangupCause.NORMAL)
        others = [one for one in self.register.calls_set_up if one.call != view.call]
        ringing = self.ringing.reserve(view.call, now_s)
        if (
            ringing is not None
            and now_s - ringing.since_s < CLAIM_TIME_S
            and any(not one.ref for one in others)
        ):
            return None  # after a restart, the legs of the other calls are not known yet
        talking = [one for one in others if one.ref is not None]
        if talking and not self._belong_to_alert(talking, order.leg):
            # Answering would put the present party on hold, where no operator would hear that party.
            if view.number is None and view.state in INCOMING_STATES:
                return None  # no number for a call back: the call is answered when the line is free
            self._driver.hang_up(view.call, now_s)
            return self.register.add_failed_attempt(ref, order.leg, order.attempt, HangupCause.LINE_TAKEN)
        self.ringing.remove(view.call)
        held = self.register.assign_call(ref, order.leg, order.attempt, view, found=view.answered)
        try:
            self._driver.answer(view.call, now_s)
        except RequestRefused:
            held.release(HangupCause.NORMAL)
        return held

    def _repeat_answer(self, ref: Ref, now_s: float) -> None:
        """Answer again if the modem has lost the answer: a modem without output audio forgets it."""
        view = self.register.view(self._driver.call_of(ref))
        if view is not None and view.state is Stat.INCOMING:
            with suppress(RequestRefused):
                self._driver.answer(view.call, now_s)

    def _attach(self, ref: Ref, order: AttachCall, now_s: float) -> LegAttempt | None:
        direction = Direction.OUT if order.call is None else Direction.IN
        known = self.register.find(order.leg, direction, order.number)
        if known is None and order.answered:
            known = self.register.adopt_unlisted(ref, direction, order.number, now_s)
        if known is None:
            return None
        held = self.register.assign_call(ref, order.leg, order.attempt, known)
        held.digits_sent = len(order.digits)
        return held

    def _send_digits(self, ref: Ref, held: LegAttempt, digits: str, now_s: float) -> None:
        """Send the digits pressed since the last order, each digit once regardless of the result."""
        call = self._driver.call_of(ref)
        if call is None or held.state is not CallState.ANSWERED:
            return
        fresh, held.digits_sent = digits[held.digits_sent :], max(held.digits_sent, len(digits))
        for digit in fresh:
            with suppress(RequestRefused):
                self._driver.send_digit(call, digit, now_s)

    def _hang_up(
        self, ref: Ref, order: HangUpCall, held: LegAttempt | None, now_s: float
    ) -> LegAttempt | None:
        if held is None:
            direction = Direction.OUT if order.call is None else Direction.IN
            known = self.register.find(order.leg, direction, order.number)
            if known is None and not order.unanswered:
                known = self.register.adopt_unlisted(ref, direction, order.number, now_s)
            if known is None or (direction is Direction.IN and not known.answered):
                self._ended_attempts[ref] = None
                while len(self._ended_attempts) > MAX_ATTEMPTS_KEPT:
                    del self._ended_attempts[next(iter(self._ended_attempts))]
                return None
            held = self.register.assign_call(ref, order.leg, order.attempt, known)
        held.end_requested = True
        if self._joining.withdraw(ref):
            held.release(HangupCause.NORMAL)
        call = self._driver.call_of(ref)
        answered = order.unanswered and held.state is CallState.ANSWERED
        if call is not None and held.live and not answered:
            self._driver.hang_up(call, now_s, unless_answered=order.unanswered)
        return held

    def release_stuck(self, call: CallId) -> CallReport | None:
        """Release the leg of a call that should have ended and has not; return the report for the leg; None
        if no live leg has the call.

        The call counts as hung up, as requested. Counted as a lost line, it would make the leg dial again.
        """
        self.unowned.add_orphan(call)
        for ref, held in self.register.attempts.items():
            if self._driver.call_of(ref) == call and held.live:
                held.voice, held.joined = None, False
                held.release(HangupCause.NORMAL)
                return self.register.report(held)
        return None

    # ---------------------------------------------------------- events

    def join_calls(self, now_s: float) -> list[CallReport]:
        """Join the calls that are to be joined in the network; return the reports of legs that joined, left,
        or were given up."""
        if self.register.joins is not Joins.NETWORK:
            return []
        given_up = self._joining.take_next_step(now_s) if self._belong_to_one_alert() else None
        reports: list[CallReport] = []
        for ref, held in self.register.attempts.items():
            if not held.live:
                continue
            before = (held.state, held.joined)
            if ref == given_up:
                held.release(HangupCause.LINE_TAKEN)
            held.joined = held.state is CallState.ANSWERED and self._is_joined(ref)
            if before != (held.state, held.joined):
                reports.append(self.register.report(held))
        return reports

    def _belong_to_one_alert(self) -> bool:
        """Return True if all calls belong to one alert: calls of two alerts are never joined, even if the
        modem has answered a waiting call."""
        refs = (call.ref for call in self.register.calls_set_up)
        legs = (self.register.attempts.get(ref) for ref in refs if ref is not None)
        return len({alert_of(held.leg) for held in legs if held is not None}) <= 1

    def _is_joined(self, ref: Ref) -> bool:
        view = self.register.view(self._driver.call_of(ref))
        return view is not None and in_conference(view)

    def on_event(self, event: CallEvent | VoiceReady, now_s: float) -> CallReport | IncomingCallGone | None:
        """Process an event of the driver; return the report for the call's leg, or for a ringing call; None
        if nothing is to be reported.
        """
        if isinstance(event, VoiceReady):
            return self.register.on_voice_ready(event)
        self.dial_faults.on_event(
            event, now_s, calls_held=any(call.call != event.call for call in self.register.calls_set_up)
        )
        if isinstance(event, CallReleased):
            self.register.on_released(event.call)
        held = None if event.ref is None else self.register.attempts.get(event.ref)
        if held is None:
            return self.ringing.on_event(event, now_s)
        if not held.live:
            return None  # the attempt was given up, and is known to be over
        match event:
            case CallRinging():
                held.state = CallState.RINGING
            case CallAnswered(confirmed=confirmed):
                held.state, held.confirmed = CallState.ANSWERED, confirmed
            case CallFound(state=state):
                held.state, held.adopted = CALL_STATE[state], True
            case CallReleased(cause=cause):
                held.voice, held.joined = None, False
                held.release(HangupCause.NORMAL_UNSPECIFIED if cause is None else cause)
            case CallDialing():
                held.state = CallState.DIALLING
            case _:
                return None
        return self.register.report(held)

    def next_s(self, now_s: float) -> float | None:
        """Return the time of the next step: a ringing call must be reported although its number is not
        confirmed, calls are to be joined, or the pause after failed dials ends. None without a step."""
        ahead = self.ringing.report_times()
        also = (self._joining.next_s(), self.dial_faults.next_s(now_s))
        ahead += [when for when in also if when is not None]
        return min((when for when in ahead if when > now_s), default=None)
