"""People on duty for the center: hours, channels and order. Pure: a document and a time.

Times of day are in the roster's own zone (`model.callouts.times`): consecutive shifts leave no gap on any
night. A shift belongs to the day on which it begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from messages.ids import SECOND, DutyWay, Instant, OperatorId, PersonId
from model.callouts.times import DATE, instant_in, local_in, zone_of

LOOKED_AHEAD_US: Final = Instant(14 * 86_400 * SECOND)
"""Time ahead for which the people on duty are shown and gaps are searched."""
OVERRIDES_KEPT_US: Final = Instant(30 * 86_400 * SECOND)
_DAY: Final = timedelta(days=1)

Id = Annotated[PersonId, Meta(pattern=r"^[a-z0-9-]{1,32}$(?!\n)")]
Named = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=200)]
Day = Annotated[int, Meta(ge=0, le=6)]
"""Day of the week; 0 is Monday."""
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]

BY_NUMBER: Final = frozenset((DutyWay.CALL, DutyWay.SMS))
"""Channels that use the center's own modems."""


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the roster. Unknown fields of a newer version are ignored: people must still be called."""


class Contact(_Part, frozen=True, kw_only=True):
    """A channel to reach a person."""

    way: DutyWay
    to: Annotated[str, Meta(min_length=1, max_length=1000)]
    """Phone number as E.164, e-mail address, or URL."""


class Person(_Part, frozen=True, kw_only=True):
    """A person who can be on duty; events name only the id."""

    id: Id
    name: Named
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$(?!\n)")] = "it"
    """Language code, ISO 639-1."""
    contacts: Annotated[tuple[Contact, ...], Meta(max_length=12)] = ()
    """Contacts in the order of the attempts."""
    operator: OperatorId | None = None
    """The person's operator account at the consoles."""


class Shift(_Part, frozen=True, kw_only=True):
    """Hours that repeat each week."""

    name: Named
    days: Annotated[tuple[Day, ...], Meta(max_length=7)]
    """Days on which the shift begins."""
    begins: TimeOfDay
    ends: TimeOfDay
    """End; on the next day if not after `begins`: the shift then passes midnight, or lasts 24 hours."""
    people: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    """People in calling order."""


class Override(_Part, frozen=True, kw_only=True):
    """Exception from the shifts, once; of two overlapping exceptions the later in the roster applies."""

    from_at: Instant
    to_at: Instant
    people: Annotated[tuple[Id, ...], Meta(max_length=20)]
    instead_of: Id | None = None
    """Person replaced, wherever the shifts name that person. None: replace all people of the shifts."""
    why: Text = ""


class Holiday(_Part, frozen=True, kw_only=True):
    """A date that counts as another day of the week."""

    date: Annotated[str, Meta(pattern=DATE)]
    name: Named
    as_day: Day = 6


class Roster(_Part, frozen=True, kw_only=True):
    """Whole roster; a single document, so that an editor sees the full effect of a change."""

    zone: Annotated[str, Meta(min_length=1, max_length=60)] = "Europe/Rome"
    """Time zone, as named in the IANA time zone database."""
    people: Annotated[tuple[Person, ...], Meta(max_length=100)] = ()
    shifts: Annotated[tuple[Shift, ...], Meta(max_length=100)] = ()
    """Shifts; where several cover a time, the people of the first are called first."""
    overrides: Annotated[tuple[Override, ...], Meta(max_length=500)] = ()
    holidays: Annotated[tuple[Holiday, ...], Meta(max_length=200)] = ()

    def person(self, who: str) -> Person | None:
        """Return the person of this id; None if removed."""
        return next((one for one in self.people if one.id == who), None)


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A time span during which the people on duty stay unchanged."""

    from_at: Instant
    to_at: Instant
    people: tuple[PersonId, ...]
    """People in calling order; never empty while the roster has people."""
    covered: bool
    """False: no person is on duty in this span, and so all people are called, in the roster's order."""
    shifts: tuple[str, ...] = ()
    """Names of the shifts that cover the span."""
    overridden: bool = False


EMPTY: Final = Roster()
_Hours = tuple[Instant, Instant, int]
"""Start, end, and index of the shift."""


def on_duty(roster: Roster, at: Instant) -> tuple[Person, ...]:
    """Return the people to call now, in order; all people if none is on duty, none for an empty roster."""
    by_id = {one.id: one for one in roster.people}
    (now,) = spans(roster, at, Instant(at + 1))
    return tuple(by_id[one] for one in now.people)


def spans(roster: Roster, from_at: Instant, to_at: Instant) -> tuple[Span, ...]:
    """Return the people on duty between two times as spans without gaps, each as long as possible."""
    hours = sorted(_hours(roster, from_at, to_at))
    overrides = tuple(one for one in roster.overrides if one.from_at < to_at and from_at < one.to_at)
    changes = {one for begins, ends, _ in hours for one in (begins, ends)}
    changes.update(one for override in overrides for one in (override.from_at, override.to_at))
    edges = sorted({from_at, to_at, *(one for one in changes if from_at < one < to_at)})
    known = {one.id for one in roster.people}
    found: list[Span] = []
    standing: list[_Hours] = []
    for begins, ends in pairwise(edges):
        while hours and hours[0][0] <= begins:
            standing.append(hours.pop(0))
        standing = [one for one in standing if one[1] > begins]
        shifts = [roster.shifts[place] for place in sorted({place for _, _, place in standing})]
        there, overridden = _called(shifts, [one for one in overrides if one.from_at <= begins < one.to_at])
        people = tuple(dict.fromkeys(one for one in there if one in known))
        one = Span(
            from_at=begins,
            to_at=ends,
            people=people or tuple(person.id for person in roster.people),
            covered=bool(people),
            shifts=tuple(shift.name for shift in shifts),
            overridden=overridden and bool(people),
        )
        if found and one == msgspec.structs.replace(found[-1], from_at=begins, to_at=ends):
            one = msgspec.structs.replace(one, from_at=found.pop().from_at)
        found.append(one)
    return tuple(found)


def gaps(roster: Roster, from_at: Instant, to_at: Instant) -> tuple[Span, ...]:
    """Return the spans without a person on duty."""
    return tuple(one for one in spans(roster, from_at, to_at) if not one.covered)


def tidied(roster: Roster, at: Instant) -> Roster:
    """Return the roster without overrides that ended long ago: absences are not kept permanently."""
    left = tuple(one for one in roster.overrides if one.to_at >= at - OVERRIDES_KEPT_US)
    return msgspec.structs.replace(roster, overrides=left)


def without_secrets(roster: Roster) -> Roster:
    """Return the roster for readers who may not know secrets: only the host of each URL."""

    def contact(one: Contact) -> Contact:
        if one.way not in (DutyWay.WEBHOOK, DutyWay.APPRISE):
            return one
        scheme, _, rest = one.to.partition("://")
        host = rest.partition("/")[0].rpartition("@")[2] if one.way is DutyWay.WEBHOOK else ""
        return msgspec.structs.replace(one, to=f"{scheme}://{host}/…")

    people = tuple(
        msgspec.structs.replace(one, contacts=tuple(map(contact, one.contacts))) for one in roster.people
    )
    return msgspec.structs.replace(roster, people=people)


def _called(shifts: list[Shift], overrides: list[Override]) -> tuple[list[PersonId], bool]:
    """Return the people of the shifts after the overrides, and True if an override has changed them."""
    people = [one for shift in shifts for one in shift.people]
    changed = False
    for override in overrides:
        if override.instead_of is None:
            people, changed = list(override.people), True
        elif override.instead_of in people:
            # A substitute is called in the place of the person replaced, and not a second time further down.
            place = people.index(override.instead_of)
            before = [one for one in people[:place] if one not in override.people]
            people, changed = [*before, *override.people, *people[place + 1 :]], True
    return people, changed


def _hours(roster: Roster, from_at: Instant, to_at: Instant) -> Iterator[_Hours]:
    """Yield the hours of each shift that overlap the period."""
    zone = zone_of(roster.zone)
    if zone is None:
        return
    holidays = {one.date: one.as_day for one in roster.holidays}
    day, last = local_in(zone, from_at).date() - _DAY, local_in(zone, to_at).date()
    while day <= last:
        day_of_week = holidays.get(day.isoformat(), day.weekday())
        for place, shift in enumerate(roster.shifts):
            if day_of_week in shift.days:
                begins = instant_in(zone, day, shift.begins)
                ends = instant_in(zone, day if shift.begins < shift.ends else day + _DAY, shift.ends)
                if begins < to_at and from_at < ends:
                    yield begins, ends, place
        day += _DAY
