"""Facts of one alert for people outside the center: times, positions, calls, and the story in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, get_args, get_type_hints

import msgspec
from msgspec.structs import replace

from messages.events import CallReviewed, LegAnswered, LegOriginating, LegReleased, LegRinging
from messages.ids import (
    E164,
    AlertId,
    Assurance,
    Channel,
    Doubt,
    Instant,
    LegId,
    OperatorId,
    Outcome,
    Party,
    UserId,
)
from messages.journal import AnyEvent, Recorded, event_type
from model.alert.parts import KnownPosition
from model.telling.sheet import fold
from model.telling.story import cause_in_words, in_words

AN_OPERATOR: Final = "an operator"
"""Name that stands for an operator in data for people outside the center."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt to reach a party, or an accepted call of the user."""

    party: Party
    number: E164 | None
    line: str
    attempt: int
    began_at: Instant
    rang_at: Instant | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    cause: int | None = None
    """ITU-T Q.850, or one of the center's own; None for a call in progress."""
    ended_by: str = ""
    """The cause in words; empty for a call in progress."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the story, with its place in the journal."""

    at: Instant
    seq: int
    stream: str
    version: int
    type: str
    text: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A note, of an operator or of the user."""

    at: Instant
    by: str
    """Author; empty for the user."""
    text: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of one alert."""

    alert: AlertId
    channel: Channel
    proof: Assurance
    doubt: Doubt | None
    """Reason that a signature did not count; None if there was no such doubt."""
    key_enrolled_at: Instant | None
    """Enrolment time of the phone that signed the alert."""
    received_at: Instant
    raised_at: Instant
    deadline_at: Instant
    closed_at: Instant | None
    outcome: Outcome | None
    corrected: Outcome | None
    """Outcome as corrected by a supervisor; the story has the reason."""
    test: bool
    silent: bool
    duress: bool
    user: UserId | None
    phone: E164 | None
    device: str | None
    battery_pct: int | None
    positions: tuple[KnownPosition, ...]
    calls: tuple[Call, ...]
    notes: tuple[Written, ...]
    operators: tuple[OperatorId, ...]
    """All operators involved, in order of appearance."""
    story: tuple[Entry, ...]


def position_in_words(one: KnownPosition) -> tuple[str, str, str, str]:
    """Return north and east in degrees (WGS 84), accuracy in metres (empty if unknown), and source."""
    accuracy = "" if one.accuracy_m is None else f"{one.accuracy_m:.0f}"
    return f"{one.lat:.6f}", f"{one.lon:.6f}", accuracy, one.source or str(one.channel)


def told_outside(recorded: Iterable[Recorded]) -> list[Recorded]:
    """Return the events without reviews, which are internal judgements of the center's work."""
    return [one for one in recorded if not isinstance(one.event, CallReviewed)]


def facts_of(recorded: Sequence[Recorded], language: str = "en") -> Facts | None:
    """Fold the events of both streams of an alert, in the journal's order; None if the first event is
    missing.

    `language`: of the story and of the causes of calls, one of `model.telling.story.LANGUAGES`.
    """
    sheet = fold(recorded)
    if sheet is None:
        return None
    case = sheet.case
    return Facts(
        alert=case.alert,
        channel=case.channel,
        proof=case.proof,
        doubt=sheet.doubt,
        key_enrolled_at=sheet.key_enrolled_at,
        received_at=case.received_at,
        raised_at=case.raised_at,
        deadline_at=case.deadline_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        corrected=None if case.corrected is None else case.corrected.outcome,
        test=case.test,
        silent=case.silent,
        duress=case.duress,
        user=case.user,
        phone=case.phone,
        device=case.device,
        battery_pct=sheet.battery_pct,
        positions=tuple(case.positions),
        calls=_calls(recorded, language),
        notes=tuple(Written(at=one.at, by=one.by, text=one.text) for one in sheet.notes),
        operators=_operators(recorded),
        story=tuple(_story(recorded, language)),
    )


def without_operators(facts: Facts) -> Facts:
    """Return the facts for the person: roles replace names and numbers of staff (GDPR, art. 15(4))."""
    staff = [call for call in facts.calls if call.party in _STAFF]
    hidden = {str(name): AN_OPERATOR for name in facts.operators}
    hidden |= {str(call.number): "a number of the center" for call in staff if call.number}
    if not hidden:
        return facts
    names = "|".join(re.escape(name) for name in sorted(hidden, key=len, reverse=True))
    named = re.compile(rf"(?<![\w-])(?:{names})(?![\w-])")

    def told(entry: Entry) -> Entry:
        return replace(entry, text=named.sub(lambda found: hidden[found[0]], entry.text))

    calls = tuple(replace(call, number=None) if call in staff else call for call in facts.calls)
    notes = tuple(replace(note, by=note.by and AN_OPERATOR) for note in facts.notes)
    return replace(facts, story=tuple(map(told, facts.story)), calls=calls, notes=notes, operators=())


_STAFF: Final = (Party.OPERATOR, Party.LISTENER)


def _calls(recorded: Iterable[Recorded], language: str) -> tuple[Call, ...]:
    calls: dict[tuple[LegId, int], Call] = {}
    for one in recorded:
        match one.event:
            case LegOriginating(leg=leg, attempt=attempt) as begun:
                calls[leg, attempt] = Call(
                    party=begun.party,
                    number=begun.number,
                    line=begun.line,
                    attempt=attempt,
                    began_at=one.at_us,
                )
            case LegRinging(leg=leg, attempt=attempt) if (call := calls.get((leg, attempt))) is not None:
                calls[leg, attempt] = replace(call, rang_at=call.rang_at or one.at_us)
            case LegAnswered(leg=leg, attempt=attempt) if (call := calls.get((leg, attempt))) is not None:
                calls[leg, attempt] = replace(call, answered_at=call.answered_at or one.at_us)
            case LegReleased(leg=leg, attempt=attempt, cause=cause) if (
                call := calls.get((leg, attempt))
            ) is not None:
                calls[leg, attempt] = replace(
                    call, ended_at=one.at_us, cause=cause, ended_by=cause_in_words(cause, language)
                )
    return tuple(calls.values())


def _operators(recorded: Iterable[Recorded]) -> tuple[OperatorId, ...]:
    found: dict[OperatorId, None] = {}
    for one in recorded:
        for field in _named_in(type(one.event)):
            if name := getattr(one.event, field):
                found[OperatorId(name)] = None
    return tuple(found)


@cache
def _named_in(kind: type[AnyEvent]) -> tuple[str, ...]:
    """Return the fields of an event that name an operator."""
    hints = get_type_hints(kind)
    return tuple(field for field, hint in hints.items() if hint is OperatorId or OperatorId in get_args(hint))


def _story(recorded: Iterable[Recorded], language: str) -> Iterable[Entry]:
    for one in recorded:
        text = in_words(one.event, language)
        if text is not None:
            yield Entry(
                at=one.at_us,
                seq=one.seq,
                stream=one.stream,
                version=one.version,
                type=event_type(one.event),
                text=text,
            )
