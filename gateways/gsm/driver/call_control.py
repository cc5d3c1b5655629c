"""Requests for calls: dial, adopt, answer, hold, swap, join, digits, hang up; and the causes of ended calls.

Requests are idempotent. A hang-up is repeated until the call has ended; `calls.hang_up` decides the command.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.commands import Command, FinalCodes, Finished, Outcome, Urgency
from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.call import CallView
from gateways.gsm.calls.hang_up import RADIO_OFF, HangUpRequests
from gateways.gsm.calls.outcomes import answer_finished, dial_finished, hang_up_finished, report_finished
from gateways.gsm.calls.table import CallTable
from gateways.gsm.driver.call_list import CallList
from gateways.gsm.driver.channel import Channel
from gateways.gsm.driver.events import CallId, HangUpStuck, Ref, RequestDone, RequestFailed
from gateways.gsm.driver.startup import min_timeout_s
from gateways.gsm.driver.voice_switch import VoiceSwitch
from gateways.gsm.errors import RequestRefused
from messages.base import HangupCause

_DIALLABLE: Final = frozenset("0123456789*#+")
_DIGITS: Final = frozenset("0123456789ABCD*#")
_REFS_KEPT: Final = 512


class CallControl:
    """The requests for the calls of one modem."""

    def __init__(self, channel: Channel, table: CallTable, listing: CallList, voice: VoiceSwitch) -> None:
        self._channel, self._table, self._list, self._voice = channel, table, listing, voice
        self._hang_ups = HangUpRequests()
        self._refs: dict[Ref, CallId] = {}

    def call_of(self, ref: Ref) -> CallId | None:
        """Return the call, live or ended, dialled or adopted under this reference; None if unknown."""
        return self._refs.get(ref)

    def dial(self, ref: Ref, number: str, now_s: float, *, emergency: bool, until_s: float) -> CallId:
        """Call this number, once under one `ref`. Raises RequestRefused for an invalid number."""
        if (known := self._refs.get(ref)) is not None:
            return known
        if len(number) < 2 or not set(number) <= _DIALLABLE or "+" in number[1:]:
            raise RequestRefused(f"not a telephone number: {number!r}")
        call = self._table.add_dial(ref, number, now_s, emergency=emergency)
        self._remember(ref, call)
        if self._channel.engine.lost:
            text = "the modem does not answer"
            self._table.end_with_cause(call, now_s, cause=HangupCause.LINE_LOST, text=text, kind="dial")
            return call
        data = self._channel.dialect.data
        command = Command(
            text=data.dial.format(number=number),
            timeout_s=data.dial_blocking_s or data.times.dial_s,
            urgency=Urgency.DIAL,
            finals=FinalCodes.CALL,
            any_byte_aborts=data.dial_blocking_s > 0,
            until_s=until_s,
        )
        self._voice.switch_ahead(call, Urgency.DIAL, now_s)
        self._channel.submit(command, now_s, self._on_dial_result, call)
        return call

    def adopt(self, ref: Ref, number: str, now_s: float, *, direction: Direction) -> CallId:
        """Adopt a call that the journal records for this modem. Never dials: the call must be up."""
        if (known := self._refs.get(ref)) is not None:
            return known
        call = self._table.adopt(ref, number, direction, now_s)
        self._remember(ref, call)
        return call

    def assign(self, call: CallId, ref: Ref) -> None:
        """Assign this call, incoming or found, to the requester."""
        self._table.assign(call, ref)
        self._remember(ref, call)

    def answer(self, call: CallId, now_s: float) -> None:
        """Answer the incoming or waiting call; an active call is put on hold. Raises RequestRefused."""
        view = self._require_call(call)
        if view.direction is not Direction.IN:
            raise RequestRefused("the center is the caller of this call")
        if view.answered or (call,) in self._channel.pending(self._on_answer_result):
            return
        data = self._channel.dialect.data
        text = data.hold if view.state is Stat.WAITING else data.answer
        self._table.on_answer_requested(call)
        command = Command(
            text=text, timeout_s=data.times.answer_s, urgency=Urgency.ANSWER, finals=FinalCodes.CALL
        )
        self._voice.switch_ahead(call, Urgency.ANSWER, now_s)
        self._channel.submit(command, now_s, self._on_answer_result, call)

    def hold(self, call: CallId, now_s: float) -> None:
        """Put the active call on hold. Raises RequestRefused."""
        view = self._require_call(call)
        if view.state is Stat.HELD:
            return
        if view.state is not Stat.ACTIVE:
            raise RequestRefused(f"a call that is {view.state.name.lower()} cannot be held")
        self._request("hold", self._channel.dialect.data.hold, call, now_s)

    def swap(self, now_s: float) -> None:
        """Exchange the active and the held call, or retrieve the held call. Raises RequestRefused."""
        if not any(view.state is Stat.HELD for view in self._table.calls()):
            raise RequestRefused("no call is on hold")
        self._request("swap", self._channel.dialect.data.swap, None, now_s)

    def conference(self, now_s: float) -> None:
        """Join the active and the held call in the network (22.084). Raises RequestRefused."""
        states = {view.state for view in self._table.calls()}
        if not {Stat.ACTIVE, Stat.HELD} <= states:
            raise RequestRefused("a conference needs one active and one held call")
        self._request("conference", self._channel.dialect.data.conference, None, now_s)

    def send_digit(self, call: CallId, digit: str, now_s: float) -> None:
        """Send one DTMF digit into the call (27.007 clause C.2.11). Raises RequestRefused."""
        self._require_call(call)
        if len(digit) != 1 or digit.upper() not in _DIGITS:
            raise RequestRefused(f"not a DTMF digit: {digit!r}")
        text = self._channel.dialect.data.dtmf.format(digit=digit.upper())
        self._request("digit", text, call, now_s)

    def hang_up(self, call: CallId, now_s: float, *, unless_answered: bool) -> None:
        """End or decline the call; no error if the call has already ended."""
        if self._table.view(call) is None:
            return
        self._table.on_hang_up_requested(call)
        if self._channel.withdraw(self._on_dial_result, call):
            self._table.end_with_cause(
                call, now_s, cause=HangupCause.NORMAL, text="never dialled", kind="withdrawn"
            )
        else:
            self._hang_ups.request(call, now_s, unless_answered=unless_answered)

    def is_hang_up_requested(self, call: CallId) -> bool:
        """Return True if the end of the call is requested."""
        return self._hang_ups.is_requested(call)

    def on_released(self, call: CallId) -> None:
        """Note that the call has been released."""
        self._hang_ups.on_released(call)
        self._channel.withdraw(self._on_dial_result, call)

    def drive(self, now_s: float, *, may_have_unknown_call: bool) -> bool:
        """Send the pending hang-ups; return True if the modem's radio was switched off for one.

        `may_have_unknown_call`: the modem may have an unknown call.
        """
        calls, radio_off = self._table.calls(), False
        data, list_is_current = self._channel.dialect.data, self._list.is_current(now_s)
        for view, text in self._hang_ups.due_commands(
            calls, data, now_s, list_is_current=list_is_current, may_have_unknown_call=may_have_unknown_call
        ):
            if (view.call,) not in self._channel.pending(self._on_hang_up_result):
                self._send_hang_up(view.call, text, now_s)
                radio_off = radio_off or text == RADIO_OFF
        return radio_off

    def request_list_during_dial(self, now_s: float) -> None:
        """Request the list over a pending dial that blocks it, if a call is to end unless answered."""
        engine = self._channel.engine
        if self._hang_ups.has_unanswered_condition(self._table.calls()) and (
            engine.queries_forbidden or engine.listening
        ):
            self._list.request_during_dial(now_s)

    def on_dial_refused(self, now_s: float, reason: str) -> None:
        """End the call of a dial that was not written."""
        for view in self._table.calls():
            if self._channel.is_in_flight(self._on_dial_result, view.call):
                self._table.end_with_cause(
                    view.call, now_s, cause=HangupCause.GUARDED, text=reason, kind="guard"
                )

    def request_causes(self, now_s: float) -> None:
        """Request the causes of calls that have ended without a reported cause."""
        text = self._channel.dialect.data.report
        while text and (call := self._table.take_unexplained(now_s)) is not None:
            self._channel.submit_text(text, Urgency.TRUTH, now_s, report_finished, self._table, call)

    def tick(self, now_s: float) -> None:
        """Publish `HangUpStuck` for each call that has not ended in time after a hang-up."""
        self._channel.events += [
            HangUpStuck(at_s=now_s, call=call, attempts=self._hang_ups.attempts(call))
            for call in self._hang_ups.take_stuck(now_s)
        ]

    def next_stuck_s(self) -> float | None:
        """Return the time, in seconds, of the next necessary `tick`; None if none is necessary."""
        return self._hang_ups.next_stuck_s()

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next necessary `drive`; None if none is necessary."""
        being_ended = self._channel.pending(self._on_hang_up_result)
        calls = [view for view in self._table.calls() if (view.call,) not in being_ended]
        return self._hang_ups.next_deadline(calls)

    def _request(self, request: str, text: str, call: CallId | None, now_s: float) -> None:
        if not text:
            raise RequestRefused(f"this modem has no {request}")
        if request != "digit":
            if any(view.emergency for view in self._table.calls()):
                # 22.101 clause 10: teleservice 12 has no supplementary services.
                raise RequestRefused("an emergency call can be neither held nor joined")
            if (request, call) in self._channel.pending(self._on_request_result):
                return
        self._channel.submit_text(text, Urgency.CONTROL, now_s, self._on_request_result, request, call)

    def _on_dial_result(self, call: CallId, finished: Finished, now_s: float) -> None:
        dial_finished(self._table, self._channel.dialect, self._channel.region, call, finished, now_s)
        if finished.outcome is Outcome.OK:
            self._voice.on_dial_accepted(call)

    def _on_answer_result(self, call: CallId, finished: Finished, now_s: float) -> None:
        answer_finished(self._table, self._channel.dialect, self._channel.region, call, finished, now_s)
        if finished.outcome is not Outcome.OK:
            self._report("answer", call, finished, now_s)

    def _on_request_result(self, request: str, call: CallId | None, finished: Finished, now_s: float) -> None:
        self._report(request, call, finished, now_s)
        if request == "conference" and finished.outcome is Outcome.OK:
            self._table.on_calls_joined()
        self._table.want_list()

    def _report(self, request: str, call: CallId | None, finished: Finished, now_s: float) -> None:
        if finished.outcome is Outcome.OK:
            self._channel.events.append(RequestDone(at_s=now_s, request=request, call=call))
        else:
            text = finished.final or finished.outcome.value
            self._channel.events.append(RequestFailed(at_s=now_s, request=request, call=call, text=text))

    def _remember(self, ref: Ref, call: CallId) -> None:
        self._refs[ref] = call
        while len(self._refs) > _REFS_KEPT:
            del self._refs[next(iter(self._refs))]

    def _require_call(self, call: CallId) -> CallView:
        view = self._table.view(call)
        if view is None:
            raise RequestRefused("the call has ended")
        return view

    def _send_hang_up(self, call: CallId, text: str, now_s: float) -> None:
        self._hang_ups.on_sent(call, now_s)
        over_its_dial = self._channel.is_in_flight(self._on_dial_result, call)
        command = Command(
            text=text,
            timeout_s=max(self._channel.dialect.data.times.hang_up_s, min_timeout_s(text)),
            urgency=Urgency.HANG_UP,
            interrupts=over_its_dial or self._channel.engine.listening,
        )
        self._channel.submit(command, now_s, self._on_hang_up_result, call)

    def _on_hang_up_result(self, call: CallId, finished: Finished, now_s: float) -> None:
        hang_up_finished(self._table, call, finished, now_s, list_available=self._list.is_available)
        self._table.want_list()
