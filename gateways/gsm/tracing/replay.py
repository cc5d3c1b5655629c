"""Conversion of another program's session, or of a whole trace, into the events of calls: one object for each
event, as `modem replay --json` prints them. Pure; sends nothing.

Uses the driver's engine, table and patterns. No list of calls can be requested here, so a hint is trusted
unless a list in the session contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec

from gateways.gsm.at import commands as at
from gateways.gsm.at import q850
from gateways.gsm.at.commands import Finished, Outcome, Ticket, command_from_wire
from gateways.gsm.at.engine import LINE_SILENCE_S, Engine
from gateways.gsm.at.parse import Stat, parse_int
from gateways.gsm.calls.call import INCOMING_STATES, CallView
from gateways.gsm.calls.outcomes import (
    answer_finished,
    dial_finished,
    hang_up_finished,
    list_finished,
    report_finished,
)
from gateways.gsm.calls.table import CallTable
from gateways.gsm.dialects.detection import by_session
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.dialects.hints import Sign
from gateways.gsm.dialects.interpret import interpret
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.channel import ResultCallback
from gateways.gsm.driver.events import (
    CallActive,
    CallAnswered,
    CallDialing,
    CallEvent,
    CallFound,
    CallHeld,
    CallId,
    CallIdentified,
    CallIncoming,
    CallReleased,
    CallRinging,
    CallWaiting,
    Event,
    ModemRebooted,
    SmsReceived,
)
from gateways.gsm.sms.inbox import Inbox, listed_pdus, stored_pdu
from gateways.gsm.tracing.trace import Side, Trace
from messages.base import HangupCause

_DIAL: Final = re.compile(r"ATD[TP]? ?(?P<number>[+\d*#]+)[IG]*;?", re.IGNORECASE)
_HANG_UP: Final = re.compile(r"AT(?:\+CHUP|H0?)", re.IGNORECASE)
_CHLD: Final = re.compile(r"AT\+CHLD=(?P<verb>[0-4])(?P<id>\d?)", re.IGNORECASE)
_VENDOR_HANG_UP: Final = re.compile(r"AT[+^]\w*HUP=\d*(?:,(?P<id>\d+))?", re.IGNORECASE)


class SessionObserver:
    """A converter of both sides of one session into events. Times are in seconds and never go back."""

    def __init__(self, dialect: CompiledDialect, *, region: str = "IT") -> None:
        self._dialect = dialect
        self._region = region
        self._engine = Engine(dialect.rules)
        self._table = CallTable()
        times = dialect.data.times
        self._table.configure(
            settle_s=times.settle_s, dial_appears_s=times.dial_appears_s, early_answer=dialect.early_answer
        )
        self._inbox = Inbox(region)
        self._callbacks: dict[Ticket, tuple[ResultCallback, ...]] = {}
        """Callbacks for the result of each command."""
        self._host = bytearray()
        self._events: list[Event] = []

    def on_host_bytes(self, data: bytes, now_s: float) -> None:
        """Process bytes that the host has sent."""
        self.tick(now_s)
        self._host += data
        while (end := re.search(rb"[\r\x1a]", self._host)) is not None:
            line = bytes(self._host[: end.start()]).decode("latin-1").strip(" \n\x1b")
            ends_command = self._host[end.start()] == 0x0D
            self._host = self._host[end.end() :]
            if ends_command and line.upper().startswith("AT"):
                self._command(line, now_s)
        self._work(now_s)

    def on_modem_bytes(self, data: bytes, now_s: float) -> None:
        """Process bytes that the modem has sent."""
        self.tick(now_s)
        self._engine.receive(data, now_s)
        self._work(now_s)

    def on_port_lost(self, now_s: float, reason: str) -> None:
        """Process the loss of the port: all its calls count as lost."""
        self.tick(now_s)
        self._table.end_all(now_s, cause=HangupCause.LINE_LOST, text=reason, certain=True)
        self._work(now_s)

    def tick(self, now_s: float) -> None:
        """Take all steps that are due up to `now_s` (seconds), each at its own time."""
        while (due_s := self._next_deadline()) is not None and due_s <= now_s:
            self._engine.tick(due_s)
            self._table.tick(due_s)
            self._work(due_s)

    def finish(self, now_s: float) -> None:
        """End the session: ends that wait for their cause are reported, live calls are left."""
        self.tick(now_s)
        self._engine.tick(now_s + LINE_SILENCE_S)
        self._work(now_s)
        self._table.release_ended(now_s)
        self._work(now_s)

    def take_events(self) -> list[Event]:
        """Return the events since the last call, in order."""
        events, self._events = self._events, []
        return events

    def calls(self) -> tuple[CallView, ...]:
        """Return the calls, as far as the session shows."""
        return self._table.calls()

    def _next_deadline(self) -> float | None:
        times = (self._engine.next_deadline(), self._table.next_deadline())
        return min((time for time in times if time is not None), default=None)

    def _work(self, now_s: float) -> None:
        for event in self._engine.take_events():
            match event:
                case at.Unsolicited(text=text, payload=payload):
                    self._unsolicited(text, payload, now_s)
                case at.Finished():
                    self._on_finished(event, now_s)
                case _:
                    pass
        self._events += self._table.take_events()

    def _unsolicited(self, text: str, payload: str | None, now_s: float) -> None:
        hint = interpret(self._dialect, text, self._region)
        if hint is None:
            return
        if hint.sign.about_calls:
            self._table.process_hint(hint, now_s, list_available=False)
        elif hint.sign is Sign.REBOOTED:
            self._events.append(ModemRebooted(at_s=now_s))
            self._table.end_all(now_s, cause=HangupCause.LINE_LOST, text=text, certain=True)
        elif hint.sign is Sign.SMS and payload is not None:
            self._on_pdu(payload, now_s)

    def _on_pdu(self, pdu: str, now_s: float, stored: int | None = None) -> None:
        event = self._inbox.add(pdu, now_s, stored=stored)
        if event is not None:
            self._events.append(event)

    # ------------------------------------------------------------------------------ commands of the host

    def _command(self, text: str, now_s: float) -> None:
        then = self._meaning_of(text, now_s)
        ticket = self._engine.observe(command_from_wire(text), now_s)
        self._work(now_s)  # a former command without a result gives way, before the new command counts
        if then:
            self._callbacks[ticket] = then

    def _meaning_of(self, text: str, now_s: float) -> tuple[ResultCallback, ...]:
        upper, context = text.upper(), (self._table, self._dialect, self._region)
        if (dial := _DIAL.fullmatch(text)) is not None:
            call = self._table.add_dial(None, dial["number"], now_s)
            return (partial(dial_finished, *context, call),)
        if upper == "ATA":
            ringing = [view.call for view in self._table.calls() if view.state in INCOMING_STATES]
            for call in ringing[:1]:
                self._table.on_answer_requested(call)
            return tuple(partial(answer_finished, *context, call) for call in ringing[:1])
        if upper == self._dialect.data.calls:
            return (partial(list_finished, *context),)
        if upper == "AT+CEER":
            unexplained = self._table.take_unexplained(now_s)
            return (partial(report_finished, self._table, unexplained),) if unexplained is not None else ()
        if upper.startswith(("AT+CMGR=", "AT+CMGL")):
            return (self._on_messages,)
        return self._hang_up_of(text)

    def _hang_up_of(self, text: str) -> tuple[ResultCallback, ...]:
        views = self._table.calls()
        chld = _CHLD.fullmatch(text)
        vendor = _VENDOR_HANG_UP.fullmatch(text)
        if chld is not None and not (chld["verb"] == "1" and chld["id"]):
            # The resulting states are computed now: a line about them may come ahead of the OK.
            return tuple(
                partial(self._on_chld_result, call, state) for call, state in _after_chld(chld["verb"], views)
            )
        if chld is not None:
            ending = [view for view in views if view.index == parse_int(chld["id"])]
        elif vendor is not None and vendor["id"]:
            ending = [view for view in views if view.index == parse_int(vendor["id"])]
        elif vendor is not None or _HANG_UP.fullmatch(text) is not None:
            ending = _current(views)
        else:
            return ()
        for view in ending:
            self._table.on_hang_up_requested(view.call)
        return tuple(
            partial(hang_up_finished, self._table, view.call, list_available=False) for view in ending
        )

    def _on_finished(self, finished: Finished, now_s: float) -> None:
        for then in self._callbacks.pop(finished.ticket, ()):
            then(finished, now_s)

    def _on_chld_result(self, call: CallId, state: Stat, finished: Finished, now_s: float) -> None:
        """Process the result of +CHLD: after OK the call is in this state."""
        if finished.outcome is Outcome.OK:
            self._table.set_state(call, state, now_s)

    def _on_messages(self, finished: Finished, now_s: float) -> None:
        if finished.outcome is not Outcome.OK:
            return
        pdu = None if listed_pdus(finished.lines) else stored_pdu(finished.lines)
        for index, one in listed_pdus(finished.lines) if pdu is None else [(0, pdu)]:
            self._on_pdu(one, now_s, stored=index)


def _current(views: Sequence[CallView]) -> list[CallView]:
    """Return the calls that +CHUP and ATH end: all but the held and the waiting; the waiting call if
    alone."""
    current = [view for view in views if view.state not in (Stat.HELD, Stat.WAITING)]
    return current or list(views)


def _after_chld(verb: str, views: Sequence[CallView]) -> list[tuple[CallId, Stat]]:
    """Return the new states of calls after +CHLD=0…4 (22.030 clause 6.5.5)."""
    active = [view.call for view in views if view.state is Stat.ACTIVE]
    held = [view.call for view in views if view.state is Stat.HELD]
    waiting = [view.call for view in views if view.state is Stat.WAITING]
    ended, on_hold, up = Stat.RELEASED, Stat.HELD, Stat.ACTIVE
    match verb:
        case "0":
            return [(call, ended) for call in (waiting or held)]
        case "1":
            return [*((call, ended) for call in active), *((call, up) for call in (waiting or held))]
        case "2":
            return [*((call, on_hold) for call in active), *((call, up) for call in (waiting or held))]
        case "3":
            return [(call, up) for call in held]
        case _:
            return [(call, ended) for call in (*active, *held)]


class ReplayEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a trace; the names are an interface."""

    t: float
    """Seconds, by the trace's clock."""
    event: str
    call: int | None
    """Counts from 1; None for an event that is not about a call."""
    number: str | None
    """E.164."""
    cause: int | None
    """ITU-T Q.850; None if no cause was reported, and for every event but an end."""


class AnsweredReplayEvent(ReplayEvent, frozen=True, kw_only=True):
    """`call.answered`."""

    confirmed: bool


class SmsReplayEvent(ReplayEvent, frozen=True, kw_only=True):
    """`sms.received`."""

    text: str


_EVENT_NAMES: dict[type[CallEvent], str] = {
    CallDialing: "call.dialing",
    CallRinging: "call.ringing",
    CallAnswered: "call.answered",
    CallIncoming: "call.incoming",
    CallIdentified: "call.identified",
    CallWaiting: "call.waiting",
    CallHeld: "call.held",
    CallActive: "call.active",
    CallReleased: "call.released",
}


def dialect_of(trace: Trace, dialects: Dialects) -> CompiledDialect:
    """Return the dialect named in the header; without a known name, the dialect detected from the lines."""
    if trace.dialect is not None and trace.dialect in dialects:
        return dialects.get(trace.dialect)
    return by_session(dialects, trace.identity(), trace.lines())


def replay(trace: Trace, dialects: Dialects, *, region: str = "IT") -> list[ReplayEvent]:
    """Return the events of a trace, in order. `region` (ISO 3166) is the region of national numbers."""
    observer = SessionObserver(dialect_of(trace, dialects), region=region)
    events: list[ReplayEvent] = []
    now_s = 0.0
    for entry in trace.entries:
        now_s = max(now_s, entry.at_s)
        match entry.side:
            case Side.HOST:
                observer.on_host_bytes(entry.data, now_s)
            case Side.MODEM:
                observer.on_modem_bytes(entry.data, now_s)
            case Side.LOST:
                observer.on_port_lost(now_s, entry.data.decode("latin-1"))
        _add(events, observer.take_events())
        if entry.side is Side.LOST:
            events.append(
                ReplayEvent(t=round(now_s, 3), event="modem.lost", call=None, number=None, cause=None)
            )
    observer.finish(now_s)
    _add(events, observer.take_events())
    return sorted(events, key=lambda event: event.t)


def to_replay_events(events: list[Event]) -> list[ReplayEvent]:
    """Return the events of a driver or of an observer in the form of a replay."""
    found: list[ReplayEvent] = []
    _add(found, events)
    return found


def _add(events: list[ReplayEvent], new: list[Event]) -> None:
    """Append the new events. An end is dated by its first sign, which may lie a moment back, but not before
    the call's own earlier events."""
    for event in new:
        at_s = round(event.at_s, 3)
        if isinstance(event, CallReleased):
            past = [before.t for before in events if before.call == event.call]
            at_s = max(round(event.ended_s, 3), *past) if past else round(event.ended_s, 3)
        one = _to_replay_event(event, at_s)
        if one is not None:
            events.append(one)


def _to_replay_event(event: Event, at_s: float) -> ReplayEvent | None:
    match event:
        case CallAnswered():
            return AnsweredReplayEvent(
                t=at_s,
                event="call.answered",
                call=event.call,
                number=event.number,
                cause=None,
                confirmed=event.confirmed,
            )
        case CallReleased():
            return ReplayEvent(
                t=at_s,
                event="call.released",
                call=event.call,
                number=event.number,
                cause=q850.valid_cause(event.cause),
            )
        case CallFound():
            name = f"call.{event.state.name.lower()}"
            return ReplayEvent(t=at_s, event=name, call=event.call, number=event.number, cause=None)
        case CallEvent() if type(event) in _EVENT_NAMES:
            return ReplayEvent(
                t=at_s, event=_EVENT_NAMES[type(event)], call=event.call, number=event.number, cause=None
            )
        case SmsReceived():
            return SmsReplayEvent(
                t=at_s, event="sms.received", call=None, number=event.number, cause=None, text=event.text
            )
        case ModemRebooted():
            return ReplayEvent(t=at_s, event="modem.rebooted", call=None, number=None, cause=None)
        case _:
            return None
