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
from gateways.gsm.at.parse import integer, parse_cpin
from gateways.gsm.calls.table import CallTable
from gateways.gsm.dialects.hints import Hint, Sign
from gateways.gsm.dialects.interpret import interpret
from gateways.gsm.driver.call_control import CallControl
from gateways.gsm.driver.call_list import CallList
from gateways.gsm.driver.channel import Channel, Then
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
from gateways.gsm.driver.ladder import Ladder
from gateways.gsm.driver.line_watch import LineWatch
from gateways.gsm.driver.readiness import Readiness, Upkeep
from gateways.gsm.driver.short_messages import ShortMessages
from gateways.gsm.driver.startup import SETTINGS_QUERY, Startup, is_foreign_answer
from gateways.gsm.driver.ussd import NetworkCodes
from gateways.gsm.driver.voice_switch import VoiceSwitch
from gateways.gsm.errors import where_raised
from gateways.gsm.sms.pdu import with_centre
from messages.base import HangupCause

_ANOTHERS: Final = re.compile(r"\+CMEE: ?[02]")
"""Values other than the value that every dialect sets."""


class Modem:
    """The parts of a modem's driver, put together. The parts are for `driver.Driver`; `work` must follow each
    request to a part."""

    def __init__(self, startup: Startup, region: str) -> None:
        self.startup = startup
        self.channel = channel = Channel(startup.dialect, region)
        self.table = CallTable()
        self.line = LineWatch()
        self.list = CallList(channel, self.table)
        self.voice = VoiceSwitch(channel, self.table, startup)
        self.control = CallControl(channel, self.table, self.list, self.voice)
        self.messages = ShortMessages(channel)
        self.codes = NetworkCodes(channel)
        self.readiness = Readiness(channel, startup, self.line)
        self.upkeep = Upkeep(channel, self.readiness, self.messages, self.line)
        self.ladder = Ladder(reboot_s=channel.dialect.data.times.reboot_s)
        self.ever_answered = self.protected = False
        """See `driver.Driver`."""
        self._speak()

    def work(self, now_s: float) -> None:
        """Process all pending events, including those that this processing causes."""
        while True:
            events = self.channel.engine.take_events()
            for event in events:
                self._read(event, now_s)
                self.startup.spares_voice = self._spares_voice
            if self.knows_calls and not self.table.busy:
                self.startup.spares_voice = self._spares_voice
                self.startup.end_waiting()
                self.startup.do_what_is_left()
            self.readiness.drive(now_s)
            if not self._table_events() and not events:
                break
        self._drive(now_s)

    @property
    def knows_calls(self) -> bool:
        """True if the modem has listed its calls since the port was opened, or has no such list."""
        return self.list.known and not self.ladder.climbing

    def _drive(self, now_s: float) -> None:
        """Send the commands that the calls need, urgent commands first."""
        if not self.channel.opened or self.channel.engine.lost:
            return
        if self.control.drive(now_s, spares=self.protected):
            self.upkeep.radio_on(Urgency.ANSWER, now_s)
        self.control.look_over_the_dial(now_s)
        if not self.channel.engine.in_sync:
            return
        self.voice.drive(now_s)
        self.control.explain(now_s)
        self.list.ask_if_due(now_s)
        if self.upkeep.drive(now_s):
            # A call may have gone unreported (a bad cable, codes that go to another port).
            self.table.want_look()

    def _table_events(self) -> bool:
        events = self.table.take_events()
        for event in events:
            self.channel.events.append(event)
            if isinstance(event, CallReleased):
                self.control.gone(event.call)
                self.voice.gone(event.call)
        return bool(events)

    def settle(self, now_s: float) -> None:
        """Process the remaining results before the engine starts again: later results will not come."""
        for event in self.channel.engine.take_events():
            self._read(event, now_s)

    def _read(self, event: at.EngineEvent, now_s: float) -> None:
        """Process an event of the engine, and its effects on dialect and readiness."""
        was_ready = self.readiness.ready
        then = self.channel.take(event.ticket) if isinstance(event, at.Finished) else None
        self._react(event, then, now_s)
        if self.startup.dialect is not self.channel.dialect:
            self._speak()
        if self.readiness.ready and not was_ready:
            self.upkeep.begin(now_s)

    def _react(self, event: at.EngineEvent, then: Then | None, now_s: float) -> None:
        """Process an event; an unreadable line is skipped. An unreadable answer counts as a refusal, which
        every command tolerates, and the list of calls is requested.
        """
        try:
            self._engine_event(event, then, now_s)
        except Exception as error:
            self.input_failed(event.text if isinstance(event, at.Unsolicited) else "", error, now_s)
            if isinstance(event, at.Finished) and then is not None and event.lines:
                self._react(replace(event, outcome=Outcome.ERROR, lines=(), final=""), then, now_s)

    def input_failed(self, text: str, error: Exception, now_s: float) -> None:
        """Report that this line, or an answer, could not be read."""
        self.channel.events.append(InputFailed(at_s=now_s, text=text, error=where_raised(error)))
        self.table.want_look()

    def _engine_event(self, event: at.EngineEvent, then: Then | None, now_s: float) -> None:
        match event:
            case at.Unsolicited(text=text, payload=payload):
                self._unsolicited(text, payload, now_s)
            case at.Finished():
                self._finished(event, then, now_s)
            case at.InSync():
                self._in_sync(now_s)
            case at.SyncLost():
                self._sync_lost(now_s)
            case at.BytesDropped(count=count):
                self.channel.events.append(NoiseDropped(at_s=now_s, bytes_dropped=count))

    def _speak(self) -> None:
        """Use the dialect that is known now, or is known better."""
        self.channel.speak(self.startup.dialect)
        times = self.channel.dialect.data.times
        self.ladder.reboot_s = times.reboot_s
        self.table.configure(
            settle_s=times.settle_s,
            dial_appears_s=times.dial_appears_s,
            early_answer=self.channel.dialect.early_answer,
        )

    @property
    def _spares_voice(self) -> bool:
        """True if a call is up here, or may be."""
        return self.protected or self.table.busy or not self.knows_calls

    # --------------------------------------------------------------------------------- output of the modem

    def _in_sync(self, now_s: float) -> None:
        self.ever_answered = True
        self.messages.modem_answers()
        if self.ladder.answered():
            self.channel.events.append(Responsive(at_s=now_s))
        self.table.want_look()
        if self.readiness.needs_start:
            if self.readiness.look_at_settings():
                self.table.port_back()
            else:
                self.voice.wear.started_anew()
            if self.list.can_be_asked:
                self.list.ask(now_s)
            self.startup.spares_voice = self._spares_voice
            self.readiness.begin(now_s, calls_first=self.protected)
        elif self.readiness.may_have_lost_settings():
            # The modem may have restarted without a report: then callers' numbers are missing, and DTR hangs
            # up.
            self.channel.ask(SETTINGS_QUERY, Urgency.TRUTH, now_s, self._settings_told)

    def _sync_lost(self, now_s: float) -> None:
        self.readiness.ready = False
        live = self.protected or self.table.busy
        stage = self.ladder.failed(now_s, live=live)
        self.table.dials_lost(now_s, cause=HangupCause.LINE_LOST, text="the modem does not answer")
        self.table.port_gone()
        self.channel.events.append(Unresponsive(at_s=now_s, stage=stage, live_calls=len(self.table.calls())))
        if stage is Stage.RESET:
            self.channel.engine.write_blind(self.channel.dialect.data.reset)

    def _finished(self, finished: Finished, then: Then | None, now_s: float) -> None:
        if finished.outcome is Outcome.TIMED_OUT and finished.sent_s is not None:
            self.channel.events.append(
                Unresponsive(at_s=now_s, stage=Stage.RESYNC, live_calls=len(self.table.calls()))
            )
        if is_foreign_answer(finished):
            self.channel.engine.resync(now_s)
        if then is not None:
            then(finished, now_s)

    def _settings_told(self, finished: Finished, now_s: float) -> None:
        if any(_ANOTHERS.fullmatch(line) for line in finished.lines):
            self._rebooted(now_s)

    def reset_taken(self, finished: Finished, now_s: float) -> None:
        """Process the modem's answer to the command to restart."""
        if finished.outcome is Outcome.OK:
            self.readiness.ready = False
            self.ladder.reset_ordered(now_s)

    def _unsolicited(self, text: str, payload: str | None, now_s: float) -> None:
        if self.codes.hears(text, now_s):
            return
        hint = interpret(self.channel.dialect, text, self.channel.region)
        if hint is None:
            if self.channel.engine.listening and text == "OK":
                # The result of the dial that a former process has sent.
                self.channel.engine.end_listening(now_s)
            self.channel.events.append(UnknownLine(at_s=now_s, text=text))
        elif hint.sign.about_calls:
            self.table.hint(hint, now_s, can_ask=self.list.can_be_asked)
            if hint.sign in (Sign.ANSWERED, Sign.RELEASED):
                self.channel.engine.end_listening(now_s)
        else:
            self._hint_beside_calls(hint, payload, now_s)

    def _hint_beside_calls(self, hint: Hint, payload: str | None, now_s: float) -> None:
        match hint.sign:
            case Sign.SIGNAL | Sign.REGISTRATION:
                self.channel.events += self.line.hint(hint, now_s)
            case Sign.SIM:
                sim = parse_cpin(hint.text)
                if sim is not None and self.readiness.ready and sim.code == self.startup.sim:
                    self.channel.engine.resync(now_s)  # repeated: modems do so after a restart
                elif sim is not None:
                    self.readiness.sim_says(sim.code, now_s)
            case Sign.DOUBT if self.readiness.ready:
                self.channel.engine.resync(now_s)
            case Sign.REBOOTED:
                self._rebooted(now_s)
            case Sign.SMS if payload is not None:
                self.messages.came(payload, now_s)
            case Sign.SMS_REPORT if payload is not None:
                self.messages.came(with_centre(payload, integer(hint.value)), now_s)
            case Sign.SMS_STORED:
                if (index := integer(hint.value)) is not None:
                    self.messages.read(index, now_s)
            case _:
                pass

    def _rebooted(self, now_s: float) -> None:
        if self.readiness.needs_start or not self.channel.opened:
            return
        self.channel.events.append(ModemRebooted(at_s=now_s))
        self.voice.wear.started_anew()
        self.table.all_lost(now_s, cause=HangupCause.LINE_LOST, text="the modem has restarted", certain=False)
        self.readiness.needs_start = True
        self.settle(now_s)
        self.channel.engine.start(now_s)
