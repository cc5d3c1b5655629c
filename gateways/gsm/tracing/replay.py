"""A trace into the events of calls, one object each, as `modem replay --json` prints them. Pure."""

from __future__ import annotations

import msgspec

from gateways.gsm.at import q850
from gateways.gsm.dialects.detection import by_session
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.events import (
    CallActive,
    CallAnswered,
    CallDialing,
    CallEvent,
    CallFound,
    CallHeld,
    CallIdentified,
    CallIncoming,
    CallReleased,
    CallRinging,
    CallWaiting,
    Event,
    ModemRebooted,
    SmsReceived,
)
from gateways.gsm.tracing.observer import Observer
from gateways.gsm.tracing.trace import Side, Trace


class ReplayEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a trace; the names are an interface."""

    t: float
    """Seconds, by the trace's clock."""
    event: str
    call: int | None
    """Counts from 1; none for what is not about a call."""
    number: str | None
    """E.164."""
    cause: int | None
    """ITU-T Q.850; none when nobody said why, and for everything but an end."""


class AnsweredReplayEvent(ReplayEvent, frozen=True, kw_only=True):
    """`call.answered`."""

    confirmed: bool


class SmsReplayEvent(ReplayEvent, frozen=True, kw_only=True):
    """`sms.received`."""

    text: str


_NAMES: dict[type[CallEvent], str] = {
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
    """What the header says; where it says nothing, or nothing known, what the lines say."""
    if trace.dialect is not None and trace.dialect in dialects:
        return dialects.get(trace.dialect)
    return by_session(dialects, trace.identity(), trace.lines())


def replay(trace: Trace, dialects: Dialects, *, region: str = "IT") -> list[ReplayEvent]:
    """The events of a trace, in order. `region` (ISO 3166) places national numbers."""
    observer = Observer(dialect_of(trace, dialects), region=region)
    events: list[ReplayEvent] = []
    now_s = 0.0
    for entry in trace.entries:
        now_s = max(now_s, entry.at_s)
        match entry.side:
            case Side.HOST:
                observer.host(entry.data, now_s)
            case Side.MODEM:
                observer.modem(entry.data, now_s)
            case Side.LOST:
                observer.lost(now_s, entry.data.decode("latin-1"))
        _add(events, observer.take_events())
        if entry.side is Side.LOST:
            events.append(
                ReplayEvent(t=round(now_s, 3), event="modem.lost", call=None, number=None, cause=None)
            )
    observer.finish(now_s)
    _add(events, observer.take_events())
    return sorted(events, key=lambda event: event.t)


def shown(events: list[Event]) -> list[ReplayEvent]:
    """The events of a driver, or of an observer, as a replay shows them."""
    found: list[ReplayEvent] = []
    _add(found, events)
    return found


def _add(events: list[ReplayEvent], new: list[Event]) -> None:
    """An end is dated by its first sign, which may lie a moment back, but not ahead of the call's own
    past."""
    for event in new:
        at_s = round(event.at_s, 3)
        if isinstance(event, CallReleased):
            past = [before.t for before in events if before.call == event.call]
            at_s = max(round(event.ended_s, 3), *past) if past else round(event.ended_s, 3)
        one = _one(event, at_s)
        if one is not None:
            events.append(one)


def _one(event: Event, at_s: float) -> ReplayEvent | None:
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
                cause=q850.valid(event.cause),
            )
        case CallFound():
            name = f"call.{event.state.name.lower()}"
            return ReplayEvent(t=at_s, event=name, call=event.call, number=event.number, cause=None)
        case CallEvent() if type(event) in _NAMES:
            return ReplayEvent(
                t=at_s, event=_NAMES[type(event)], call=event.call, number=event.number, cause=None
            )
        case SmsReceived():
            return SmsReplayEvent(
                t=at_s, event="sms.received", call=None, number=event.number, cause=None, text=event.text
            )
        case ModemRebooted():
            return ReplayEvent(t=at_s, event="modem.rebooted", call=None, number=None, cause=None)
        case _:
            return None
