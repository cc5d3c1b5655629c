"""The assembled parts of a modem's driver, and the consequences of the modem's output for each part.

No part knows its owner: a part passes its output to the channel, as a command or an event, or returns values.
A decision of a part is not repeated here.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from gateways.gsm.at import commands as at
from gateways.gsm.at.commands import Finished, Outcome, Urgency
from gateways.gsm.at.parse import parse_cpin, parse_int
from gateways.gsm.calls.table import CallTable
from gateways.gsm.dialects.hints import Hint, Sign
from gateways.gsm.dialects.interpret import interpret
from gateways.gsm.driver.call_control import CallControl
from gateways.gsm.driver.call_list import CallList
from gateways.gsm.driver.channel import Channel, ResultCallback
from gateways.gsm.driver.events import (
    CallReleased,
    InputFailed,
    ModemRebooted,
    NoiseDropped,
    Responsive,
    Stage,
    UnknownLine,
    Unresponsive,
)
from gateways.gsm.driver.ladder import RecoveryLadder
from gateways.gsm.driver.network_state import NetworkState
from gateways.gsm.driver.readiness import LinePolling, Readiness
from gateways.gsm.driver.short_messages import ShortMessages
from gateways.gsm.driver.startup import SETTINGS_QUERY, Startup, is_foreign_answer
from gateways.gsm.driver.ussd import UssdSender
from gateways.gsm.driver.voice_switch import VoiceSwitch
from gateways.gsm.errors import where_raised
from gateways.gsm.sms.pdu import with_smsc_address
from messages.base import HangupCause

_FOREIGN_SETTINGS: Final = re.compile(r"\+CMEE: ?[02]")
"""Values other than the value that every dialect sets."""


class Modem:
    """The parts of a modem's driver, put together. The parts are for `driver.Driver`; `process_events` must
    follow each request to a part."""

    def __init__(self, startup: Startup, region: str) -> None:
        self.startup = startup
        self.channel = channel = Channel(startup.dialect, region)
        self.table = CallTable()
        self.network = NetworkState()
        self.list = CallList(channel, self.table)
        self.voice = VoiceSwitch(channel, self.table, startup)
        self.control = CallControl(channel, self.table, self.list, self.voice)
        self.messages = ShortMessages(channel)
        self.ussd = UssdSender(channel)
        self.readiness = Readiness(channel, startup, self.network)
        self.polling = LinePolling(channel, self.readiness, self.messages, self.network)
        self.ladder = RecoveryLadder(reboot_s=channel.dialect.data.times.reboot_s)
        self.ever_answered = self.protected = False
        """See `driver.Driver`."""
        self._apply_dialect()

    def process_events(self, now_s: float) -> None:
        """Process all pending events, including those that this processing causes."""
        while True:
            events = self.channel.engine.take_events()
            for event in events:
                self._process(event, now_s)
                self.startup.call_may_be_up = self._may_have_call
            if self.knows_calls and not self.table.has_calls:
                self.startup.call_may_be_up = self._may_have_call
                self.startup.end_waiting()
                self.startup.send_postponed()
            self.readiness.drive(now_s)
            if not self._publish_call_events() and not events:
                break
        self._send_commands(now_s)

    @property
    def knows_calls(self) -> bool:
        """True if the modem has listed its calls since the port was opened, or has no such list."""
        return self.list.known and not self.ladder.is_recovering

    def _send_commands(self, now_s: float) -> None:
        """Send the commands that the calls need, urgent commands first."""
        if not self.channel.is_open or self.channel.engine.lost:
            return
        if self.control.drive(now_s, may_have_unknown_call=self.protected):
            self.polling.switch_radio_on(Urgency.ANSWER, now_s)
        self.control.request_list_during_dial(now_s)
        if not self.channel.engine.in_sync:
            return
        self.voice.drive(now_s)
        self.control.request_causes(now_s)
        self.list.request_if_due(now_s)
        if self.polling.poll_if_due(now_s):
            # A call may have gone unreported (a bad cable, codes that go to another port).
            self.table.want_list()

    def _publish_call_events(self) -> bool:
        events = self.table.take_events()
        for event in events:
            self.channel.events.append(event)
            if isinstance(event, CallReleased):
                self.control.on_released(event.call)
                self.voice.on_released(event.call)
        return bool(events)

    def process_remaining_results(self, now_s: float) -> None:
        """Process the remaining results before the engine starts again: later results will not come."""
        for event in self.channel.engine.take_events():
            self._process(event, now_s)

    def _process(self, event: at.EngineEvent, now_s: float) -> None:
        """Process an event of the engine, and its effects on dialect and readiness."""
        was_ready = self.readiness.ready
        on_result = self.channel.take_callback(event.ticket) if isinstance(event, at.Finished) else None
        self._process_or_skip(event, on_result, now_s)
        if self.startup.dialect is not self.channel.dialect:
            self._apply_dialect()
        if self.readiness.ready and not was_ready:
            self.polling.begin(now_s)

    def _process_or_skip(self, event: at.EngineEvent, on_result: ResultCallback | None, now_s: float) -> None:
        """Process an event; an unreadable line is skipped. An unreadable answer counts as a refusal, which
        every command tolerates, and the list of calls is requested.
        """
        try:
            self._engine_event(event, on_result, now_s)
        except Exception as error:
            self.input_failed(event.text if isinstance(event, at.Unsolicited) else "", error, now_s)
            if isinstance(event, at.Finished) and on_result is not None and event.lines:
                self._process_or_skip(
                    replace(event, outcome=Outcome.ERROR, lines=(), final=""), on_result, now_s
                )

    def input_failed(self, text: str, error: Exception, now_s: float) -> None:
        """Report that this line, or an answer, could not be read."""
        self.channel.events.append(InputFailed(at_s=now_s, text=text, error=where_raised(error)))
        self.table.want_list()

    def _engine_event(self, event: at.EngineEvent, on_result: ResultCallback | None, now_s: float) -> None:
        match event:
            case at.Unsolicited(text=text, payload=payload):
                self._on_unsolicited(text, payload, now_s)
            case at.Finished():
                self._on_finished(event, on_result, now_s)
            case at.InSync():
                self._on_in_sync(now_s)
            case at.SyncLost():
                self._on_sync_lost(now_s)
            case at.BytesDropped(count=count):
                self.channel.events.append(NoiseDropped(at_s=now_s, bytes_dropped=count))

    def _apply_dialect(self) -> None:
        """Use the dialect that is known now, or is known better."""
        self.channel.set_dialect(self.startup.dialect)
        times = self.channel.dialect.data.times
        self.ladder.reboot_s = times.reboot_s
        self.table.configure(
            settle_s=times.settle_s,
            dial_appears_s=times.dial_appears_s,
            early_answer=self.channel.dialect.early_answer,
        )

    @property
    def _may_have_call(self) -> bool:
        """True if a call is up here, or may be."""
        return self.protected or self.table.has_calls or not self.knows_calls

    # --------------------------------------------------------------------------------- output of the modem

    def _on_in_sync(self, now_s: float) -> None:
        self.ever_answered = True
        self.messages.on_modem_answering()
        if self.ladder.on_modem_answering():
            self.channel.events.append(Responsive(at_s=now_s))
        self.table.want_list()
        if self.readiness.needs_start:
            if self.readiness.check_settings():
                self.table.on_port_restored()
            else:
                self.voice.degradation.on_modem_restarted()
            if self.list.is_available:
                self.list.request(now_s)
            self.startup.call_may_be_up = self._may_have_call
            self.readiness.begin(now_s, calls_first=self.protected)
        elif self.readiness.may_have_lost_settings():
            # The modem may have restarted without a report: then callers' numbers are missing, and DTR hangs
            # up.
            self.channel.submit_text(SETTINGS_QUERY, Urgency.TRUTH, now_s, self._on_settings)

    def _on_sync_lost(self, now_s: float) -> None:
        self.readiness.ready = False
        live = self.protected or self.table.has_calls
        stage = self.ladder.on_sync_failed(now_s, live=live)
        self.table.end_unlisted_dials(now_s, cause=HangupCause.LINE_LOST, text="the modem does not answer")
        self.table.on_port_lost()
        self.channel.events.append(Unresponsive(at_s=now_s, stage=stage, live_calls=len(self.table.calls())))
        if stage is Stage.RESET:
            self.channel.engine.write_without_answer(self.channel.dialect.data.reset)

    def _on_finished(self, finished: Finished, on_result: ResultCallback | None, now_s: float) -> None:
        if finished.outcome is Outcome.TIMED_OUT and finished.sent_s is not None:
            self.channel.events.append(
                Unresponsive(at_s=now_s, stage=Stage.RESYNC, live_calls=len(self.table.calls()))
            )
        if is_foreign_answer(finished):
            self.channel.engine.resync(now_s)
        if on_result is not None:
            on_result(finished, now_s)

    def _on_settings(self, finished: Finished, now_s: float) -> None:
        if any(_FOREIGN_SETTINGS.fullmatch(line) for line in finished.lines):
            self._on_rebooted(now_s)

    def on_reset_result(self, finished: Finished, now_s: float) -> None:
        """Process the modem's answer to the command to restart."""
        if finished.outcome is Outcome.OK:
            self.readiness.ready = False
            self.ladder.on_reset_ordered(now_s)

    def _on_unsolicited(self, text: str, payload: str | None, now_s: float) -> None:
        if self.ussd.process_line(text, now_s):
            return
        hint = interpret(self.channel.dialect, text, self.channel.region)
        if hint is None:
            if self.channel.engine.listening and text == "OK":
                # The result of the dial that a former process has sent.
                self.channel.engine.end_listening(now_s)
            self.channel.events.append(UnknownLine(at_s=now_s, text=text))
        elif hint.sign.about_calls:
            self.table.process_hint(hint, now_s, list_available=self.list.is_available)
            if hint.sign in (Sign.ANSWERED, Sign.RELEASED):
                self.channel.engine.end_listening(now_s)
        else:
            self._on_other_hint(hint, payload, now_s)

    def _on_other_hint(self, hint: Hint, payload: str | None, now_s: float) -> None:
        match hint.sign:
            case Sign.SIGNAL | Sign.REGISTRATION:
                self.channel.events += self.network.on_hint(hint, now_s)
            case Sign.SIM:
                sim = parse_cpin(hint.text)
                if sim is not None and self.readiness.ready and sim.code == self.startup.sim:
                    self.channel.engine.resync(now_s)  # repeated: modems do so after a restart
                elif sim is not None:
                    self.readiness.on_sim_state(sim.code, now_s)
            case Sign.DOUBT if self.readiness.ready:
                self.channel.engine.resync(now_s)
            case Sign.REBOOTED:
                self._on_rebooted(now_s)
            case Sign.SMS if payload is not None:
                self.messages.on_pdu(payload, now_s)
            case Sign.SMS_REPORT if payload is not None:
                self.messages.on_pdu(with_smsc_address(payload, parse_int(hint.value)), now_s)
            case Sign.SMS_STORED:
                if (index := parse_int(hint.value)) is not None:
                    self.messages.read(index, now_s)
            case _:
                pass

    def _on_rebooted(self, now_s: float) -> None:
        if self.readiness.needs_start or not self.channel.is_open:
            return
        self.channel.events.append(ModemRebooted(at_s=now_s))
        self.voice.degradation.on_modem_restarted()
        self.table.end_all(now_s, cause=HangupCause.LINE_LOST, text="the modem has restarted", certain=False)
        self.readiness.needs_start = True
        self.process_remaining_results(now_s)
        self.channel.engine.start(now_s)
