"""The modem driver: engine, call table, dialect, start-up, voice switch and watchdog ladder as one
sans-IO whole.

Bytes and the time go in; bytes, events and a deadline come out. The shell around it opens the port,
writes what `take_output` gives, calls `tick` at `next_deadline`, and does what `Unresponsive` asks for.
Requests are idempotent: asked for twice they do nothing twice. This module knows no vendor, no clock
and no port.
"""

from __future__ import annotations

import math
from typing import Final

from gateways.gsm.at.commands import Command, Finals, Urgency
from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.call import CallView
from gateways.gsm.driver.core import ModemCore
from gateways.gsm.driver.events import CallId, Ref
from gateways.gsm.driver.purposes import (
    Answering,
    Dialling,
    Listing,
    NetworkAsking,
    PinGiving,
    Requesting,
    SmsDeleting,
    SmsReading,
    SmsSending,
    VoiceReset,
)
from gateways.gsm.driver.startup import SIM_PIN, command_of
from gateways.gsm.errors import RequestRefused
from gateways.gsm.sms.pdu import write_submit
from gateways.gsm.ussd.reading import CODE, packed
from gateways.gsm.ussd.session import Question
from messages.base import HangupCause

_DIALLABLE: Final = frozenset("0123456789*#+")
_DIGITS: Final = frozenset("0123456789ABCD*#")


class Driver(ModemCore):
    """See the module.

    `dialect`: a name, or `auto` to ask the modem. `region` (ISO 3166) places national numbers.
    `listen_first`: a call of a former process may be being dialled on this modem; where a byte could
    abort that, only read for `dial_blocking_s`, or until the lines show that the dial is over. `rings`: one
    of its dials may be ringing, which comes to the same where the OK of the dial is the answer. `assume`:
    with `auto`, the dialect that the modem was found to speak last time, which holds until it is asked;
    without it, an unknown modem is listened to as long as the most delicate one after a restart.
    """

    # ----------------------------------------------------------------------------------------- requests

    def dial(
        self, ref: Ref, number: str, now_s: float, *, emergency: bool = False, until_s: float = math.inf
    ) -> CallId:
        """Call this number (E.164, or a short one). Asked for twice under one `ref` it is dialled once.

        `emergency`: it is set up as an emergency call (teleservice 12), which knows neither hold nor
        conference. `until_s`: from then on it may not be dialled any more, though it still waits for its
        turn. Raises RequestRefused for what is no number.
        """
        known = self._refs.get(ref)
        if known is not None:
            return known
        if len(number) < 2 or not set(number) <= _DIALLABLE or "+" in number[1:]:
            raise RequestRefused(f"not a telephone number: {number!r}")
        call = self._table.dialled(ref, number, now_s, emergency=emergency)
        self._remember(ref, call)
        if self._engine.lost:
            self._table.ended(
                call,
                now_s,
                cause=HangupCause.LINE_LOST,
                text="the modem does not answer",
                certain=True,
                certain_cause=True,
                kind="dial",
            )
        else:
            data = self.dialect.data
            command = Command(
                text=data.dial.format(number=number),
                timeout_s=data.dial_blocking_s or data.times.dial_s,
                urgency=Urgency.DIAL,
                finals=Finals.CALL,
                any_byte_aborts=data.dial_blocking_s > 0,
                until_s=until_s,
            )
            self._switch_voice_ahead(call, Urgency.DIAL, now_s)
            self._submit(command, Dialling(call), now_s)
        self._work(now_s)
        return call

    def adopt(self, ref: Ref, number: str, now_s: float, *, direction: Direction = Direction.OUT) -> CallId:
        """The journal says that this call stands on this modem. Never dials: the call is looked for.

        Reported as it is found (`CallDialing`, `CallRinging`, `CallAnswered` …), or released.
        """
        known = self._refs.get(ref)
        if known is not None:
            return known
        call = self._table.adopt(ref, number, direction, now_s)
        self._remember(ref, call)
        self._work(now_s)
        return call

    def name(self, call: CallId, ref: Ref) -> None:
        """This call, incoming or found, is that requester's from now on."""
        self._table.name(call, ref)
        self._remember(ref, call)

    def answer(self, call: CallId, now_s: float) -> None:
        """Take the incoming or waiting call; another one goes on hold. Raises RequestRefused."""
        view = self._must_find(call)
        if view.direction is not Direction.IN:
            raise RequestRefused("we are the caller")
        if view.answered or self._has(Answering(call)):
            return
        data = self.dialect.data
        text = data.hold if view.state is Stat.WAITING else data.answer
        self._table.answer_asked(call)
        command = Command(
            text=text, timeout_s=data.times.answer_s, urgency=Urgency.ANSWER, finals=Finals.CALL
        )
        self._switch_voice_ahead(call, Urgency.ANSWER, now_s)
        self._submit(command, Answering(call), now_s)
        self._work(now_s)

    def hang_up(self, call: CallId, now_s: float, *, unless_answered: bool = False) -> None:
        """End the call, or decline it; tried again until it is gone. One that is gone already is no error.

        `unless_answered`: only if nobody has answered it, by the modem's own list of calls.
        """
        if self._table.view(call) is None:
            return
        self._table.hang_up_asked(call)
        if self._withdraw_dial(call):
            self._table.ended(
                call,
                now_s,
                cause=HangupCause.NORMAL,
                text="never dialled",
                certain=True,
                certain_cause=True,
                kind="withdrawn",
            )
        else:
            self._hang_ups.want(call, now_s, unless_answered=unless_answered)
        self._work(now_s)

    def hangs_up(self, call: CallId) -> bool:
        """Whether the call is to end."""
        return self._hang_ups.wanted(call)

    def hold(self, call: CallId, now_s: float) -> None:
        """Put the active call on hold. Raises RequestRefused."""
        view = self._must_find(call)
        if view.state is Stat.HELD:
            return
        if view.state is not Stat.ACTIVE:
            raise RequestRefused(f"a call that is {view.state.name.lower()} cannot be held")
        self._request("hold", self.dialect.data.hold, call, now_s)

    def swap(self, now_s: float) -> None:
        """Exchange the active and the held call, or take the held one back. Raises RequestRefused."""
        if not any(view.state is Stat.HELD for view in self.calls()):
            raise RequestRefused("no call is on hold")
        self._request("swap", self.dialect.data.swap, None, now_s)

    def conference(self, now_s: float) -> None:
        """Join the active and the held call in the network (22.084). Raises RequestRefused."""
        states = {view.state for view in self.calls()}
        if not {Stat.ACTIVE, Stat.HELD} <= states:
            raise RequestRefused("a conference needs one active and one held call")
        self._request("conference", self.dialect.data.conference, None, now_s)

    def send_digit(self, call: CallId, digit: str, now_s: float) -> None:
        """One DTMF digit into the call (27.007 clause C.2.11). Raises RequestRefused."""
        self._must_find(call)
        if len(digit) != 1 or digit.upper() not in _DIGITS:
            raise RequestRefused(f"not a DTMF digit: {digit!r}")
        self._request("digit", self.dialect.data.dtmf.format(digit=digit.upper()), call, now_s)

    def poll_calls(self, now_s: float) -> None:
        """Ask for the list of calls as soon as that can be done."""
        self._table.want_look()
        self._work(now_s)

    def give_pin(self, pin: str, now_s: float) -> None:
        """Open the SIM. Whoever asks for it answers for how often: three wrong ones lock the card."""
        if self._startup.sim == SIM_PIN and not self._has(PinGiving()):
            self._submit(command_of(self.dialect, f'AT+CPIN="{pin}"', Urgency.SET_UP), PinGiving(), now_s)
            self._work(now_s)

    def send_sms(
        self, ref: Ref, number: str, text: str, now_s: float, *, within_s: float, report: bool = False
    ) -> None:
        """Send a short message, in parts if need be; `SmsSent` tells. Raises PduError.

        `within_s`: after this nothing of it is begun any more, and an answer not waited for. `report`: the
        network is asked to tell what became of each part; `SmsReported` says so, at any time, or never.
        """
        self._sms_reference = (self._sms_reference + 1) % 256
        parts = write_submit(number, text, reference=self._sms_reference, report=report)
        self._send_part(SmsSending(ref, tuple(parts), now_s + within_s), now_s)
        self._work(now_s)

    @property
    def lists_messages_since_s(self) -> float | None:
        """Since when the stored messages are being listed; none where they are not. A dial would wait."""
        return next((one.since_s for one in self._purposes.values() if isinstance(one, Listing)), None)

    @property
    def sends_sms(self) -> bool:
        """Whether a short message is on its way out, or was given up and the modem is not heard again yet: it
        can do nothing else meanwhile.
        """
        on_its_way = any(isinstance(purpose, SmsSending) for purpose in self._purposes.values())
        return on_its_way or (self._sms_given_up and not self._engine.in_sync)

    def reset_worn(self, now_s: float) -> bool:
        """Have the modem start anew; whoever asks for it answers for that no call is here.

        Only while nothing else is on its way to it, so that no dial gets before it. Whether it was ordered.
        """
        if self._purposes:
            return False
        for text in self.dialect.data.voice.wear_reset:
            self._submit(command_of(self.dialect, text, Urgency.CONTROL), VoiceReset(), now_s)
        self._work(now_s)
        return True

    def ask_network(self, code: str, now_s: float, *, within_s: float) -> None:
        """Send a code of the network's (`*123#`); `NetworkAnswered` tells. One at a time: another one takes
        its place. A call may be dialled meanwhile (22.090 clause 6.1). Raises RequestRefused for what is no
        code.
        """
        if CODE.fullmatch(code) is None:
            raise RequestRefused(f"not a network's code: {code!r}")
        forms = [code, packed(code)]
        if self.dialect.data.ussd == "packed":
            forms.reverse()
        self._asked_network = Question(code, now_s + within_s)
        self._ask_network(forms[0], NetworkAsking(again=forms[1]), now_s)
        self._work(now_s)

    def delete_sms(self, stored: tuple[int, ...], now_s: float) -> None:
        """The message is durable elsewhere: the modem may forget it."""
        for index in stored:
            self._submit(command_of(self.dialect, f"AT+CMGD={index}", Urgency.IDLE), SmsDeleting(), now_s)
        self._work(now_s)

    def read_sms(self, stored: tuple[int, ...], now_s: float) -> None:
        """Read the stored message once more: what came last time could not be read."""
        for index in stored:
            if self._may_read(index):
                command = command_of(self.dialect, f"AT+CMGR={index}", Urgency.SET_UP)
                self._submit(command, SmsReading(index), now_s)
        self._work(now_s)

    def _request(self, request: str, text: str, call: CallId | None, now_s: float) -> None:
        if not text:
            raise RequestRefused(f"this modem has no {request}")
        if request != "digit":
            if any(view.emergency for view in self.calls()):
                # 22.101 clause 10: teleservice 12 has no supplementary services.
                raise RequestRefused("an emergency call can be neither held nor joined")
            if self._has(Requesting(request, call)):
                return
        self._submit(command_of(self.dialect, text, Urgency.CONTROL), Requesting(request, call), now_s)
        self._work(now_s)

    def _must_find(self, call: CallId) -> CallView:
        view = self._table.view(call)
        if view is None:
            raise RequestRefused("the call is gone")
        return view
