"""The commands that calls need, and what became of them: the list, hang-ups, reasons, the voice path. What
their results mean for the call table `outcomes` knows.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.commands import Command, Urgency, prefix_of
from gateways.gsm.at.results import Finished, Outcome
from gateways.gsm.calls.call import COMING_IN, CallView
from gateways.gsm.calls.hang_up import RADIO_OFF
from gateways.gsm.calls.outcomes import (
    list_finished,
)
from gateways.gsm.driver.events import (
    CallId,
    HangUpStuck,
    RequestDone,
    RequestFailed,
    UntoldCall,
    VoiceFailed,
    VoiceReady,
)
from gateways.gsm.driver.purposes import (
    Calls,
    Dialling,
    Explaining,
    HangingUp,
    VoiceOff,
    VoiceOn,
    Watching,
)
from gateways.gsm.driver.startup import RADIO_ON, command_of, slow_s
from gateways.gsm.driver.state import ModemState

AHEAD_S: Final = 1.0
"""For the answer of what switches the voice on ahead: a dial, maybe to 112, waits behind it."""


class CallCommands(ModemState):
    """See the module."""

    def _look_over_the_dial(self, now_s: float) -> None:
        """Ask for the calls though a dial is pending, which may be ended.

        The query's first byte ends one that nobody has answered, and does no harm to one that somebody has.
        """
        data = self.dialect.data
        look = Command(
            text=data.calls,
            timeout_s=data.times.resync_s,
            urgency=Urgency.HANG_UP,
            prefix=prefix_of(data.calls),
            interrupts=True,
        )
        self._submit(look, Calls(), now_s)

    def _list_finished(self, finished: Finished, now_s: float) -> None:
        self._last_list_s = now_s
        first = not self._listed
        if finished.outcome is Outcome.ERROR:
            self._lists_refused += 1
        elif finished.outcome is Outcome.OK:
            self._lists_refused = 0
            self._listed = True
            self._listed_s = now_s
        known = {view.call for view in self.calls()}
        list_finished(self._table, self.dialect, self._region, finished, now_s)
        self._events += [
            UntoldCall(at_s=now_s, call=view.call)
            for view in self.calls()
            if not first and view.call not in known and view.state in COMING_IN
        ]

    def _explain(self, now_s: float) -> None:
        text = self.dialect.data.report
        while text and (call := self._table.unexplained(now_s)) is not None:
            self._submit(command_of(self.dialect, text, Urgency.TRUTH), Explaining(call), now_s)

    def _send_hang_up(self, view: CallView, verb: str, now_s: float) -> None:
        self._hang_ups.sent(view.call, now_s)
        ticket = self._engine.in_flight
        over_its_dial = ticket is not None and self._purposes.get(ticket) == Dialling(view.call)
        command = Command(
            text=verb,
            timeout_s=max(self.dialect.data.times.hang_up_s, slow_s(verb)),
            urgency=Urgency.HANG_UP,
            interrupts=over_its_dial or self._engine.listening,
        )
        self._submit(command, HangingUp(view.call), now_s)
        if verb == RADIO_OFF:
            self._submit(command_of(self.dialect, RADIO_ON, Urgency.ANSWER), Watching(), now_s)

    def _say_stuck(self, now_s: float) -> None:
        self._events += [
            HangUpStuck(at_s=now_s, call=call, attempts=self._hang_ups.attempts(call))
            for call in self._hang_ups.stuck(now_s)
        ]

    def _report(self, request: str, call: CallId | None, finished: Finished, now_s: float) -> None:
        if finished.outcome is Outcome.OK:
            self._events.append(RequestDone(at_s=now_s, request=request, call=call))
        else:
            text = finished.final or finished.outcome.value
            self._events.append(RequestFailed(at_s=now_s, request=request, call=call, text=text))

    def _switch_voice_ahead(self, call: CallId, urgency: Urgency, now_s: float) -> None:
        """Before the dial, or the answer, that is given next and as urgently."""
        if not self.voiceless and self._voice.is_switched_ahead(call):
            self._switch_voice(call, now_s, urgency)

    def _switch_voice(self, call: CallId, now_s: float, urgency: Urgency = Urgency.CONTROL) -> None:
        commands = self._voice.commands(call)
        if not commands:  # a sound card at its analogue pins: there is nothing to be said to the modem
            self._voice_is_on(call, now_s)
        for place, (text, counts) in enumerate(commands, 1):
            ahead = urgency is not Urgency.CONTROL
            command = command_of(self.dialect, text, urgency, timeout_s=AHEAD_S if ahead else None)
            purpose = VoiceOn(call, place == len(commands)) if counts else VoiceOff()
            self._submit(command, purpose, now_s)

    def _voice_is_on(self, call: CallId, now_s: float) -> None:
        self._voice.switched(call)
        self.wear.taken(call, now_s)
        self._voice_flows(call, now_s)

    def _voice_flows(self, call: CallId, now_s: float) -> None:
        voice = self.dialect.data.voice
        self._events.append(
            VoiceReady(
                at_s=now_s,
                call=call,
                rate_hz=voice.rate_hz,
                frame_bytes=voice.frame_bytes,
                pace=voice.pace,
            )
        )

    def _voice_finished(self, call: CallId, last: bool, finished: Finished, now_s: float) -> None:
        if self._table.view(call) is None:
            return
        if finished.outcome is Outcome.OK:
            if last:
                self._voice_is_on(call, now_s)
            return
        if self._voice.refused(call, now_s):
            self._events.append(VoiceFailed(at_s=now_s, call=call, text=finished.final or "no answer"))
        if last and self._voice.is_on(call):
            self._voice_flows(call, now_s)
        elif finished.outcome is Outcome.ERROR and not self._voice.is_on(call):
            self.wear.refused(call, now_s)
