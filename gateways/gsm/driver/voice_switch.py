"""Switch of a modem's voice path, the connection of a call's voice to the host (this computer). Publishes
`VoiceReady` when a call's voice flows.

If the dialect needs a command for each call, the command is sent for each call, and repeated while the modem
refuses. Some modems accept the command only once the call is really up; some keep the state left by another
program until the path is switched off. The path is switched off after the last call.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from gateways.gsm.at.commands import Finished, Outcome, Urgency
from gateways.gsm.at.parse import Direction
from gateways.gsm.calls.call import CallView
from gateways.gsm.calls.table import CallTable
from gateways.gsm.calls.voice_degradation import VoiceDegradation
from gateways.gsm.dialects.dialect import Voice
from gateways.gsm.driver.channel import Channel
from gateways.gsm.driver.events import CallId, VoiceFailed, VoiceReady
from gateways.gsm.driver.startup import Startup, command_of

FREQUENT_ATTEMPTS_S: Final = 15.0
"""Seconds of frequent attempts: a modem may accept the command only 12 s after the answer."""
SLOW_RETRY_S: Final = 10.0
"""Seconds between two attempts once a call's voice has been refused for FREQUENT_ATTEMPTS_S; attempts never
end."""
SWITCH_AHEAD_TIMEOUT_S: Final = 1.0
"""Limit for the answer of a command that switches the voice on ahead, in seconds: a dial, maybe to 112, waits
behind this command."""


class _PathState(Enum):
    REQUESTED = "asked"
    REFUSED = "refused"
    ON = "on"


class _CallVoice(msgspec.Struct):
    path: _PathState
    ahead: bool = False
    """True if the command was sent before the call existed: its refusal does not start the call's
    FREQUENT_ATTEMPTS_S."""
    off_first: bool = False
    refused_s: float | None = None
    """Time of the first refusal; None if not refused."""
    retry_at_s: float = 0.0
    failure_reported: bool = False


class VoiceSwitch:
    """The switch of one modem's voice path. `startup.voiceless`: the firmware gives the host no voice; then
    no command is sent.
    """

    def __init__(self, channel: Channel, table: CallTable, startup: Startup) -> None:
        self._channel, self._table, self._startup = channel, table, startup
        self.degradation = VoiceDegradation()
        """Detector of degraded voice."""
        self._calls: dict[CallId, _CallVoice] = {}
        self._dialled: set[CallId] = set()
        """Outgoing calls for which the modem has accepted the dial command."""
        self._on = False

    def on_dial_accepted(self, call: CallId) -> None:
        """Note that the modem has accepted the dial command of this call."""
        self._dialled.add(call)

    def on_released(self, call: CallId) -> None:
        """Note that the call has been released; its state is dropped."""
        self._calls.pop(call, None)
        if self._voice.again_after_drop:
            for other in [number for number, state in self._calls.items() if state.path is _PathState.ON]:
                del self._calls[other]
        self.degradation.on_released(call)
        self._dialled.discard(call)

    def switch_ahead(self, call: CallId, urgency: Urgency, now_s: float) -> None:
        """Switch the voice on before the call exists, if the dialect requires that order. The command that
        dials or answers must follow with the same `urgency`, so that it is sent second.
        """
        voice = self._voice
        if not self._startup.voiceless and voice.at == "before" and voice.kind != "none" and voice.on:
            self._calls[call] = _CallVoice(_PathState.REQUESTED, ahead=True, off_first=True)
            self._switch_on(call, now_s, urgency)

    def drive(self, now_s: float) -> None:
        """Send the commands that are due at `now_s`: voice on for each call without voice, voice off after
        the last call.
        """
        calls, voice = self._table.calls(), self._voice
        needs_switching = voice.kind != "none" and (voice.kind != "tty" or bool(voice.on))
        for call in calls if needs_switching and not self._startup.voiceless else ():
            state = self._calls.get(call.call)
            if call.ending or not self._may_be_switched_on(call):
                continue
            if state is None:
                self._calls[call.call] = _CallVoice(_PathState.REQUESTED)
                self._switch_on(call.call, now_s)
            elif state.path is _PathState.REFUSED and now_s >= state.retry_at_s:
                state.path = _PathState.REQUESTED
                self._switch_on(call.call, now_s)
        if self._on and not calls:
            self._on = False
            for text in voice.off:
                # Urgent, so that this command is sent before a dial that may follow: sent after the dial, the
                # command would switch off the voice of the new call.
                self._channel.submit_text(text, Urgency.ANSWER, now_s)

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next attempt for a call with refused voice; None without such a
        call.
        """
        calls = () if self._startup.voiceless else self._table.calls()
        ripe = (call for call in calls if not call.ending and (call.answered or self._voice.at == "dial"))
        states = (self._calls.get(call.call) for call in ripe)
        return min(
            (state.retry_at_s for state in states if state is not None and state.path is _PathState.REFUSED),
            default=None,
        )

    @property
    def _voice(self) -> Voice:
        return self._channel.dialect.data.voice

    def _may_be_switched_on(self, call: CallView) -> bool:
        if call.answered:
            return True
        return self._voice.at == "dial" and call.direction is Direction.OUT and call.call in self._dialled

    def _switch_on(self, call: CallId, now_s: float, urgency: Urgency = Urgency.CONTROL) -> None:
        """Switch the voice on. After a refusal, and before a call exists, the voice is switched off first:
        another program may have left it on.
        """
        first = self._calls[call].off_first and not self._is_on_for_another_call(call)
        commands = [*((text, False) for text in self._voice.off if first)]
        commands += [(text, True) for text in self._voice.on]
        if not commands:  # a sound card at the modem's analogue pins: the modem needs no command
            self._on_switched_on(call, now_s)
        timeout_s = None if urgency is Urgency.CONTROL else SWITCH_AHEAD_TIMEOUT_S
        for place, (text, counts) in enumerate(commands, 1):
            command = command_of(self._channel.dialect, text, urgency, timeout_s=timeout_s)
            if counts:
                self._channel.submit(command, now_s, self._on_result, call, place == len(commands))
            else:
                self._channel.submit(command, now_s)

    def _on_result(self, call: CallId, last: bool, finished: Finished, now_s: float) -> None:
        if self._table.view(call) is None:
            return
        if finished.outcome is Outcome.OK:
            if last:
                self._on_switched_on(call, now_s)
            return
        if self._on_refused(call, now_s):
            self._channel.events.append(
                VoiceFailed(at_s=now_s, call=call, text=finished.final or "no answer")
            )
        flows = self._calls[call].path is _PathState.ON
        if last and flows:
            self._report_voice_ready(call, now_s)
        elif finished.outcome is Outcome.ERROR and not flows:
            self.degradation.on_refused(call, now_s)

    def _on_refused(self, call: CallId, now_s: float) -> bool:
        """Note that the modem has refused; return True once for each call, when its refusals have lasted
        FREQUENT_ATTEMPTS_S.
        """
        state = self._calls.setdefault(call, _CallVoice(_PathState.REQUESTED))
        if self._is_on_for_another_call(call):
            # All calls share one path: it is open already, and this modem reports that as an error.
            self._calls[call] = _CallVoice(_PathState.ON)
            return False
        state.path, state.off_first = _PathState.REFUSED, True
        if state.ahead:
            state.ahead, state.retry_at_s = False, now_s
            return False
        state.refused_s = now_s if state.refused_s is None else state.refused_s
        lasting = now_s - state.refused_s >= FREQUENT_ATTEMPTS_S
        state.retry_at_s = now_s + (SLOW_RETRY_S if lasting else self._voice.retry_s)
        to_report, state.failure_reported = (
            lasting and not state.failure_reported,
            state.failure_reported or lasting,
        )
        return to_report

    def _on_switched_on(self, call: CallId, now_s: float) -> None:
        self._calls[call] = _CallVoice(_PathState.ON)
        self._on = True
        self.degradation.on_accepted(call, now_s)
        self._report_voice_ready(call, now_s)

    def _report_voice_ready(self, call: CallId, now_s: float) -> None:
        voice = self._voice
        self._channel.events.append(
            VoiceReady(
                at_s=now_s,
                call=call,
                rate_hz=voice.rate_hz,
                frame_bytes=voice.frame_bytes,
                pace=voice.pace,
            )
        )

    def _is_on_for_another_call(self, call: CallId) -> bool:
        return any(other.path is _PathState.ON for number, other in self._calls.items() if number != call)
