"""What is asked and told of those on duty.

The roster's parts have names of their own here: the pages' types are made of the names, and there are other
contacts and persons.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta
from msgspec.structs import asdict

from gateways.http.wire.answers import Moment, rfc3339
from messages.ids import SECOND, DutyWay, Instant, OperatorId, PersonId
from model.duty import roster as model
from model.duty.flaws import Flaw, FlawKind
from model.duty.roster import LOOKED_AHEAD_US, Roster, Span
from model.duty.tried import Tried
from store.duty import Kept

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
R = TypeVar("R", bound=Roster)
When = Annotated[datetime, Meta(tz=True)]


class DutyContact(model.Contact, frozen=True, kw_only=True):
    """One way to reach a person: `to` is a number, an address of e-mail, a URL."""


class DutyPerson(model.Person, frozen=True, kw_only=True):
    """Somebody who can be on duty; `contacts` in the order in which they are tried."""

    contacts: Annotated[tuple[DutyContact, ...], Meta(max_length=12)] = ()


class DutyShift(model.Shift, frozen=True, kw_only=True):
    """Hours that come each week; `days`: on which it begins, 0 is Monday. `ends` not after `begins`: on the
    next day. `people` in the order in which they are called.
    """


class DutyHoliday(model.Holiday, frozen=True, kw_only=True):
    """A date that counts as another day of the week."""


class DutyOverride(msgspec.Struct, frozen=True, kw_only=True):
    """Others than the shifts say, once. `instead_of`: whose place they take; without it all of the list is
    theirs.
    """

    from_at: When
    to_at: When
    people: Annotated[tuple[model.Id, ...], Meta(max_length=20)]
    instead_of: model.Id | None = None
    why: model.Text = ""


class DutyRoster(model.Roster, frozen=True, kw_only=True):
    """All of it. `zone`: whose times of day the shifts have (IANA). Of several shifts at one moment the first
    one's people are called first; of several overrides the last counts.
    """

    people: Annotated[tuple[DutyPerson, ...], Meta(max_length=100)] = ()
    shifts: Annotated[tuple[DutyShift, ...], Meta(max_length=100)] = ()
    overrides: Annotated[tuple[DutyOverride, ...], Meta(max_length=500)] = ()  # type: ignore[assignment]
    holidays: Annotated[tuple[DutyHoliday, ...], Meta(max_length=200)] = ()


class DutyChange(msgspec.Struct, frozen=True, kw_only=True):
    """The roster as it is to be. `was`: the version that was seen; 0 for none."""

    was: int
    roster: DutyRoster


class DutyTest(msgspec.Struct, frozen=True, kw_only=True):
    """Whose ways are tried; `way`: this one alone."""

    person: PersonId
    way: DutyWay | None = None


class DutyTestBegun(msgspec.Struct, frozen=True, kw_only=True):
    """Its callout, of which the journal tells."""

    callout: str


class DutySpan(msgspec.Struct, frozen=True, kw_only=True):
    """Who is called from then to then, in this order. Not `covered`: nobody has it, and all are called."""

    from_at: Moment
    to_at: Moment
    people: tuple[PersonId, ...]
    covered: bool
    shifts: tuple[str, ...]
    overridden: bool


class DutyFlaw(msgspec.Struct, frozen=True, kw_only=True):
    """What to see to; `path`: where in the roster."""

    kind: FlawKind
    path: str
    about: str


class DutyOperator(msgspec.Struct, frozen=True, kw_only=True):
    """An operator, who may be on duty as well."""

    operator: OperatorId
    name: str
    phone: str
    language: str


class DutyTried(msgspec.Struct, frozen=True, kw_only=True):
    """When a test of a person's ways was asked for last, when that was over, and when the person has taken
    anything last, a test or an alarm.
    """

    person: PersonId
    asked_at: Moment | None
    over_at: Moment | None
    taken_at: Moment | None


class DutyView(msgspec.Struct, frozen=True, kw_only=True):
    """The roster with its version, who is called now, and who from this midnight on for 14 days."""

    version: int
    by: str
    at: Moment | None
    roster: DutyRoster
    now: DutySpan | None
    spans: list[DutySpan]
    flaws: list[DutyFlaw]
    operators: list[DutyOperator]
    tried: list[DutyTried]


def told_roster(roster: Roster) -> DutyRoster:
    """As it is sent."""
    return _made(roster, DutyRoster, _moment)


def meant(sent: DutyRoster) -> Roster:
    """As it is kept."""
    return _made(sent, Roster, _instant)


def told(
    kept: Kept,
    now: Instant,
    midnight: Instant,
    found: tuple[Flaw, ...],
    staff: list[DutyOperator],
    tried: dict[PersonId, Tried],
) -> DutyView:
    """All of it. `midnight`: from when on it is said who is called."""
    ends = Instant(midnight + LOOKED_AHEAD_US)
    all_spans = [_span(one) for one in model.spans(kept.roster, midnight, ends)] if kept.roster.people else []
    moment = rfc3339(now)
    return DutyView(
        version=kept.version,
        by=kept.by,
        at=rfc3339(kept.at) if kept.version else None,
        roster=told_roster(kept.roster),
        now=next((one for one in all_spans if one.from_at <= moment < one.to_at), None),
        spans=all_spans,
        flaws=[DutyFlaw(kind=one.kind, path=one.path, about=one.about) for one in found],
        operators=staff,
        tried=[_tried(one.id, tried[one.id]) for one in kept.roster.people if one.id in tried],
    )


def _tried(person: PersonId, one: Tried) -> DutyTried:
    return DutyTried(person=person, **{name: at and rfc3339(at) for name, at in asdict(one).items()})


def _span(one: Span) -> DutySpan:
    return DutySpan(**asdict(one) | {"from_at": rfc3339(one.from_at), "to_at": rfc3339(one.to_at)})


def _made(roster: Roster, kind: type[R], at: Callable[[Any], object]) -> R:
    """The same roster, with its moments as this kind has them."""
    overrides = [
        asdict(one) | {"from_at": at(one.from_at), "to_at": at(one.to_at)} for one in roster.overrides
    ]
    return msgspec.convert(asdict(roster) | {"overrides": overrides}, kind, from_attributes=True)


def _moment(at: Instant) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def _instant(at: datetime) -> Instant:
    return Instant((at - _EPOCH) // timedelta(seconds=1) * SECOND)
