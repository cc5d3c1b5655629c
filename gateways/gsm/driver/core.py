"""The working half of the modem driver: what follows from bytes and from time. `modem_state` keeps what it
works on, `call_commands` and `upkeep` send what calls and the modem itself need, `driver.Driver` adds the
requests.

Engine, call table, dialect, start-up, voice switch, hang-ups and watchdog ladder are put together here,
and nothing of what each of them knows is decided again. This module knows no vendor, no clock and no
port.
"""

from __future__ import annotations

import math
import re
from typing import Final

from msgspec.structs import replace

from gateways.gsm.at import results as at
from gateways.gsm.at.commands import Urgency
from gateways.gsm.at.parse import integer, parse_cpin
from gateways.gsm.at.results import Finished, Outcome
from gateways.gsm.calls.outcomes import (
    answer_finished,
    dial_finished,
    hang_up_finished,
    report_finished,
)
from gateways.gsm.dialects.hints import Hint, Sign
from gateways.gsm.dialects.interpret import interpret
from gateways.gsm.driver.call_commands import CallCommands
from gateways.gsm.driver.events import (
    CallEvent,
    CallReleased,
    Event,
    InputFailed,
    ModemRebooted,
    NoiseDropped,
    Responsive,
    Stage,
    UnknownLine,
    Unresponsive,
)
from gateways.gsm.driver.purposes import (
    Answering,
    Calls,
    CardAsking,
    Dialling,
    Explaining,
    HangingUp,
    Listing,
    NetworkAsking,
    NetworkLeaving,
    PinGiving,
    Requesting,
    SettingsAsking,
    SimAsking,
    SmsDeleting,
    SmsReading,
    SmsSending,
    Starting,
    VoiceOff,
    VoiceOn,
    VoiceReset,
    Watching,
)
from gateways.gsm.driver.startup import (
    CALLS_FIRST_S,
    SETTINGS_QUERY,
    card_of,
    command_of,
    is_not_its_answer,
    pin_answer,
    sim_state,
)
from gateways.gsm.driver.upkeep import Upkeep, sms_sent, taken
from gateways.gsm.errors import where_raised
from gateways.gsm.sms.inbox import read_out
from gateways.gsm.sms.report import with_centre
from gateways.gsm.ussd.session import due_s
from messages.base import HangupCause

MOST_STORED: Final = 255

_OURS: Final = re.compile(r"\+CMEE: ?1")
"""Every dialect sets it so; a modem that was reset has another value, 0 by 27.007 clause 9.1."""
_ANOTHERS: Final = re.compile(r"\+CMEE: ?[02]")


class ModemCore(CallCommands, Upkeep):
    """See the module."""

    # ---------------------------------------------------------------------------------- bytes and time

    def opened(self, now_s: float, *, listen_first: bool | None = None) -> None:
        """The port is open (again). Begins with an unmistakable query, then asks for the calls."""
        # Where the OK of the dial is the answer, a dial that rings may still be waiting for it.
        pending = self._listen_first or (self._rings and self.dialect.data.dial_ok_is_answer)
        listen = pending if listen_first is None else listen_first
        self._listen_first = self._rings = False
        self._opened = True
        self._listed = False
        self._needs_start = True
        self._ladder.opened()
        self._purposes_of_before(now_s)
        self._engine.start(now_s, listen_s=self.dialect.data.dial_blocking_s if listen else 0.0)
        self._work(now_s)

    def port_lost(self, now_s: float) -> None:
        """The port is gone: nothing can be asked. Calls may live on in the modem until `opened` tells."""
        self._opened = self._ready_said = False
        self._engine.stop()
        self._purposes_of_before(now_s)
        self._table.dials_lost(now_s, cause=HangupCause.LINE_LOST, text="the modem's port is gone")
        self._table.port_gone()
        self._work(now_s)

    def calls_lost(self, now_s: float, text: str) -> None:
        """The modem is gone for good, and its calls with it."""
        self._table.all_lost(now_s, cause=HangupCause.LINE_LOST, text=text, certain=True)
        self._work(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Bytes from the modem. Whatever they say, nothing is raised because of it."""
        for _ in range(len(data) + 1):
            try:
                self._engine.receive(data, now_s)
                break
            except Exception as error:
                # The line that has failed is out of the engine; what came behind it is not lost.
                self._input_failed("", error, now_s)
                data = b""
        self._work(now_s)

    def tick(self, now_s: float) -> None:
        """Time has passed; call it at or after `next_deadline`."""
        self._engine.tick(now_s)
        self._table.tick(now_s)
        self._startup.tick(now_s)
        self._say_stuck(now_s)
        self._events += self._inbox.overdue(now_s)
        self._network_overdue(now_s)
        if self._opened and self._ladder.try_again(now_s):
            self._needs_start = True
            self._engine.start(now_s)
        self._work(now_s)

    def next_deadline(self) -> float | None:
        """When `tick` has something to do, if nothing comes before; none: never."""
        times = [
            self._engine.next_deadline(),
            self._table.next_deadline(),
            self._inbox.next_deadline(),
            None if self._asked_network is None else due_s(self._asked_network),
            self._hang_ups.stuck_s(),
            self._ladder.next_deadline() if self._opened else None,
        ]
        if self._engine.in_sync and not self._engine.silenced:
            times += [
                self._startup.next_deadline(),
                None if self.voiceless else self._voice.next_deadline(self.calls()),
                self._hang_ups.next_deadline(
                    [view for view in self.calls() if not self._has(HangingUp(view.call))]
                ),
                self._next_list_s(),
                self._next_watch_s(),
            ]
        return min((time for time in times if time is not None), default=None)

    def take_output(self, now_s: float = -math.inf) -> bytes:
        """Bytes to write now, through the port's dial guard.

        `now_s`: a dial whose time is over by then is not among them; its call has ended.
        """
        if self._engine.drop_late(now_s):
            self._work(now_s)
        return self._engine.take_output()

    def take_events(self) -> list[Event]:
        """What has happened, in order."""
        events, self._events = self._events, []
        return events

    def write_refused(self, now_s: float, reason: str) -> None:
        """The dial guard kept what `take_output` gave: the call, if it was one, has ended."""
        ticket = self._engine.in_flight
        purpose = self._purposes.get(ticket) if ticket is not None else None
        if isinstance(purpose, Dialling):
            self._table.ended(
                purpose.call,
                now_s,
                cause=HangupCause.GUARDED,
                text=reason,
                certain=True,
                certain_cause=True,
                kind="guard",
            )
        self._engine.fail_in_flight(now_s)
        self._work(now_s)

    # ------------------------------------------------------------------------------------- what goes on

    def _work(self, now_s: float) -> None:
        """React until nothing is left to react to."""
        while True:
            events = self._engine.take_events()
            for event in events:
                self._read(event, now_s)
                self._startup.spares_voice = self._spares_voice
            if self.knows_calls and not self._table.busy:
                self._startup.spares_voice = self._spares_voice
                self._startup.end_waiting()
                self._startup.do_what_is_left()
            for command in self._startup.take_commands():
                self._submit(command, Starting(), now_s)
            if not self._table_events(now_s) and not events:
                break
        self._drive(now_s)

    def _drive(self, now_s: float) -> None:
        """Send what the calls ask for, the urgent first."""
        if not self._opened or self._engine.lost:
            return
        for view, verb in self._hang_ups.due(
            self.calls(), self.dialect.data, now_s, seen=self._sees(now_s), spares=self.protected
        ):
            if not self._has(HangingUp(view.call)):
                self._send_hang_up(view, verb, now_s)
        if self._hang_ups.waits_to_see(self.calls()) and (self._engine.silenced or self._engine.listening):
            self._look_over_the_dial(now_s)
        if not self._engine.in_sync:
            return
        for call in () if self.voiceless else self._voice.due(self.calls(), self._taken, now_s):
            self._switch_voice(call, now_s)
        if self._voice.off_due(self.calls()):
            for text in self.dialect.data.voice.off:
                # Not behind the dial that may follow: it would take that call's voice away.
                self._submit(command_of(self.dialect, text, Urgency.ANSWER), VoiceOff(), now_s)
        self._explain(now_s)
        if self._list_due(now_s):
            self._table.take_look()
            self._submit(command_of(self.dialect, self.dialect.data.calls, Urgency.TRUTH), Calls(), now_s)
        self._watch(now_s)

    def _table_events(self, now_s: float) -> bool:
        events: list[CallEvent] = self._table.take_events()
        for event in events:
            self._events.append(event)
            if isinstance(event, CallReleased):
                self._hang_ups.gone(event.call)
                self._voice.gone(event.call)
                self.wear.gone(event.call)
                self._taken.discard(event.call)
                self._withdraw_dial(event.call)
        return bool(events)

    def _read(self, event: at.EngineEvent, now_s: float) -> None:
        """React to what the modem has said. A line that cannot be read is left out: an answer counts as a
        refusal, which every command bears, and the modem is asked how its calls stand.
        """
        purpose = self._purposes.get(event.ticket) if isinstance(event, at.Finished) else None
        try:
            self._engine_event(event, now_s)
        except Exception as error:
            self._input_failed(event.text if isinstance(event, at.Unsolicited) else "", error, now_s)
            if isinstance(event, at.Finished) and purpose is not None and event.lines:
                self._purposes[event.ticket] = purpose
                self._read(replace(event, outcome=Outcome.ERROR, lines=(), final=""), now_s)

    def _input_failed(self, text: str, error: Exception, now_s: float) -> None:
        self._events.append(InputFailed(at_s=now_s, text=text, error=where_raised(error)))
        self._table.want_look()

    def _engine_event(self, event: at.EngineEvent, now_s: float) -> None:
        match event:
            case at.Unsolicited(text=text, payload=payload):
                self._unsolicited(text, payload, now_s)
            case at.Finished():
                self._finished(event, now_s)
            case at.InSync():
                self._in_sync(now_s)
            case at.SyncLost():
                self._sync_lost(now_s)
            case at.BytesDropped(count=count):
                self._events.append(NoiseDropped(at_s=now_s, bytes_dropped=count))

    @property
    def _spares_voice(self) -> bool:
        """Whether a call stands here, or may by what is known."""
        return self.protected or self._table.busy or not self.knows_calls

    def _in_sync(self, now_s: float) -> None:
        self.ever_answered, self._sms_given_up = True, False
        if self._ladder.answered():
            self._events.append(Responsive(at_s=now_s))
        self._table.want_look()
        if self._needs_start:
            self._needs_start = self._ready_said = False
            self._kept_settings = any(_OURS.fullmatch(line) for line in self._engine.probe_answer)
            if self._kept_settings:
                self._table.port_back()
            else:
                self.wear.started_anew()
            if self._can_list:
                self._table.take_look()
                self._submit(command_of(self.dialect, self.dialect.data.calls, Urgency.TRUTH), Calls(), now_s)
            self._startup.spares_voice = self._spares_voice
            has_calls = self._kept_settings and self.protected and self._startup.is_known
            self._startup.begin(waits_until_s=now_s + CALLS_FIRST_S if has_calls else None)
        elif self._settings_taken and not any(_OURS.fullmatch(line) for line in self._engine.probe_answer):
            # It may have started anew without a word: no caller's number any more, and DTR hangs up.
            self._submit(command_of(self.dialect, SETTINGS_QUERY, Urgency.TRUTH), SettingsAsking(), now_s)

    def _sync_lost(self, now_s: float) -> None:
        self._ready_said = False
        live = self.protected or self._table.busy
        stage = self._ladder.failed(now_s, live=live)
        self._table.dials_lost(now_s, cause=HangupCause.LINE_LOST, text="the modem does not answer")
        self._table.port_gone()
        self._events.append(Unresponsive(at_s=now_s, stage=stage, live_calls=len(self.calls())))
        if stage is Stage.RESET:
            self._engine.write_blind(self.dialect.data.reset)

    def _finished(self, finished: Finished, now_s: float) -> None:
        if finished.outcome is Outcome.TIMED_OUT and finished.sent_s is not None:
            self._events.append(Unresponsive(at_s=now_s, stage=Stage.RESYNC, live_calls=len(self.calls())))
        if is_not_its_answer(finished):
            self._engine.resync(now_s)
        purpose = self._purposes.pop(finished.ticket, None)
        dialect, region = self.dialect, self._region
        match purpose:
            case Dialling(call):
                dial_finished(self._table, dialect, region, call, finished, now_s)
                if finished.outcome is Outcome.OK:
                    self._taken.add(call)
            case Answering(call):
                answer_finished(self._table, dialect, region, call, finished, now_s)
                if finished.outcome is not Outcome.OK:
                    self._report("answer", call, finished, now_s)
            case HangingUp(call):
                hang_up_finished(self._table, call, finished, now_s, can_ask=self._can_list)
                self._table.want_look()
            case Calls():
                self._list_finished(finished, now_s)
            case Explaining(call):
                report_finished(self._table, call, finished, now_s)
            case Requesting(request, call):
                self._report(request, call, finished, now_s)
                if request == "conference" and finished.outcome is Outcome.OK:
                    self._table.joined()
                self._table.want_look()
            case VoiceOn(call, last):
                self._voice_finished(call, last, finished, now_s)
            case Starting():
                self._start_finished(finished, now_s)
            case Watching():
                if finished.command.text == dialect.data.service.ask:
                    self._line.told_of_ims(finished, dialect.in_ims(finished.lines))
                self._events += self._line.answer(finished, now_s)
                self._radio(now_s)
            case Listing(since_s):
                self._stored_sms(finished, now_s)
                self._line.listed_messages(now_s - since_s)
            case PinGiving():
                self._events.append(pin_answer(finished, now_s))
                self._ask_sim(now_s)
            case SimAsking():
                code = sim_state(finished)
                if code:
                    self._sim(code, now_s)
            case CardAsking():
                self._startup.card = card_of(finished)
            case SettingsAsking():
                if any(_ANOTHERS.fullmatch(line) for line in finished.lines):
                    self._rebooted(now_s)
            case SmsReading(index):
                if finished.outcome is Outcome.OK and (pdu := read_out(finished.lines)) is not None:
                    self._sms(pdu, now_s, stored=index)
            case SmsSending(rest=rest) if rest and finished.outcome is Outcome.OK:
                self._send_part(taken(purpose, finished), now_s)
            case SmsSending():
                self._events.append(sms_sent(taken(purpose, finished), finished, now_s))
                self._sms_given_up = finished.outcome is Outcome.TIMED_OUT
            case VoiceReset():
                if finished.outcome is Outcome.OK:
                    self._ready_said = False
                    self._ladder.reset_ordered(now_s)
            case NetworkAsking():
                self._network_asked(purpose, finished, now_s)
            case SmsDeleting() | VoiceOff() | NetworkLeaving() | None:
                pass

    def _unsolicited(self, text: str, payload: str | None, now_s: float) -> None:
        if self._network_says(text, now_s):
            return
        hint = interpret(self.dialect, text, self._region)
        if hint is None:
            if self._engine.listening and text == "OK":
                # The result of the dial that a former process has sent.
                self._engine.end_listening(now_s)
            self._events.append(UnknownLine(at_s=now_s, text=text))
        elif hint.sign.about_calls:
            self._table.hint(hint, now_s, can_ask=self._can_list)
            if hint.sign in (Sign.ANSWERED, Sign.RELEASED):
                self._engine.end_listening(now_s)
        else:
            self._hint_beside_calls(hint, payload, now_s)

    def _hint_beside_calls(self, hint: Hint, payload: str | None, now_s: float) -> None:
        match hint.sign:
            case Sign.SIGNAL | Sign.REGISTRATION:
                self._events += self._line.hint(hint, now_s)
            case Sign.SIM:
                sim = parse_cpin(hint.text)
                if sim is not None and self._ready_said and sim.code == self._startup.sim:
                    self._engine.resync(now_s)  # said again: as modems do when they have started anew
                elif sim is not None:
                    self._sim(sim.code, now_s)
            case Sign.DOUBT if self._ready_said:
                self._engine.resync(now_s)
            case Sign.REBOOTED:
                self._rebooted(now_s)
            case Sign.SMS if payload is not None:
                self._sms(payload, now_s, stored=None)
            case Sign.SMS_REPORT if payload is not None:
                self._sms(with_centre(payload, integer(hint.value)), now_s, stored=None)
            case Sign.SMS_STORED:
                index = integer(hint.value)
                if index is not None and self._may_read(index):
                    command = command_of(self.dialect, f"AT+CMGR={index}", Urgency.SET_UP)
                    self._submit(command, SmsReading(index), now_s)
            case _:
                pass

    def _may_read(self, index: int) -> bool:
        """Not twice, and not more than any SIM holds: a line that is spoilt may name any place."""
        reading = [purpose for purpose in self._purposes.values() if isinstance(purpose, SmsReading)]
        return SmsReading(index) not in reading and len(reading) < MOST_STORED

    def _rebooted(self, now_s: float) -> None:
        if self._needs_start or not self._opened:
            return
        self._events.append(ModemRebooted(at_s=now_s))
        self.wear.started_anew()
        self._table.all_lost(
            now_s, cause=HangupCause.LINE_LOST, text="the modem has started anew", certain=False
        )
        self._needs_start = True
        self._purposes_of_before(now_s)
        self._engine.start(now_s)

    def _purposes_of_before(self, now_s: float) -> None:
        """The engine begins anew: results of before will not come, what they were for is settled here."""
        for event in self._engine.take_events():
            self._read(event, now_s)
