"""Who is on duty for the center, when, by which ways and in which order. Pure: a document and a moment.

Times of day are those of the roster's own zone (`model.callouts.times`): shifts which follow each other leave
no gap on any night. A shift belongs to the day on which it begins.
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
"""So far it is said who is on duty, and looked for gaps."""
OVERRIDES_KEPT_US: Final = Instant(30 * 86_400 * SECOND)
_DAY: Final = timedelta(days=1)

Id = Annotated[PersonId, Meta(pattern=r"^[a-z0-9-]{1,32}$(?!\n)")]
Named = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=200)]
Day = Annotated[int, Meta(ge=0, le=6)]
"""0 is Monday."""
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]

BY_NUMBER: Final = frozenset((DutyWay.CALL, DutyWay.SMS))
"""What goes by our own modems."""


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the roster. A field of a newer version's is passed over: somebody has to be called."""


class Contact(_Part, frozen=True, kw_only=True):
    """One way to reach a person."""

    way: DutyWay
    to: Annotated[str, Meta(min_length=1, max_length=1000)]
    """A number as E.164, an address of e-mail, a URL."""


class Person(_Part, frozen=True, kw_only=True):
    """Somebody who can be on duty; events name the id, and nothing else of it."""

    id: Id
    name: Named
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$(?!\n)")] = "it"
    """ISO 639-1."""
    contacts: Annotated[tuple[Contact, ...], Meta(max_length=12)] = ()
    """In the order in which they are tried."""
    operator: OperatorId | None = None
    """Who it is at the consoles."""


class Shift(_Part, frozen=True, kw_only=True):
    """Hours that come each week."""

    name: Named
    days: Annotated[tuple[Day, ...], Meta(max_length=7)]
    """On which it begins."""
    begins: TimeOfDay
    ends: TimeOfDay
    """On the next day where it is not after `begins`: then it passes midnight, or lasts the day round."""
    people: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    """In the order in which they are called."""


class Override(_Part, frozen=True, kw_only=True):
    """Others than the shifts say, once; of two the later in the roster counts."""

    from_at: Instant
    to_at: Instant
    people: Annotated[tuple[Id, ...], Meta(max_length=20)]
    instead_of: Id | None = None
    """Whose place they take, wherever the shifts have this person. None: all of the list is theirs."""
    why: Text = ""


class Holiday(_Part, frozen=True, kw_only=True):
    """A date that counts as another day of the week."""

    date: Annotated[str, Meta(pattern=DATE)]
    name: Named
    as_day: Day = 6


class Roster(_Part, frozen=True, kw_only=True):
    """All of it; one document, so that whoever changes it sees all that it means."""

    zone: Annotated[str, Meta(min_length=1, max_length=60)] = "Europe/Rome"
    """By the names of the IANA time zone database."""
    people: Annotated[tuple[Person, ...], Meta(max_length=100)] = ()
    shifts: Annotated[tuple[Shift, ...], Meta(max_length=100)] = ()
    """Where several cover a moment, those of the first are called first."""
    overrides: Annotated[tuple[Override, ...], Meta(max_length=500)] = ()
    holidays: Annotated[tuple[Holiday, ...], Meta(max_length=200)] = ()

    def person(self, who: str) -> Person | None:
        """By the id; None: nobody has it any more."""
        return next((one for one in self.people if one.id == who), None)


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which nothing changes of who is on duty."""

    from_at: Instant
    to_at: Instant
    people: tuple[PersonId, ...]
    """In the order in which they are called; never empty while the roster has people."""
    covered: bool
    """False: nobody has this time, and so all people are called, in the roster's order."""
    shifts: tuple[str, ...] = ()
    """By whose names it is covered."""
    overridden: bool = False


EMPTY: Final = Roster()
_Hours = tuple[Instant, Instant, int]
"""From, to, and the place of the shift that has them."""


def on_duty(roster: Roster, at: Instant) -> tuple[Person, ...]:
    """Who is called at this moment, in this order; all people where nobody has it. Empty for no roster."""
    by_id = {one.id: one for one in roster.people}
    (now,) = spans(roster, at, Instant(at + 1))
    return tuple(by_id[one] for one in now.people)


def spans(roster: Roster, from_at: Instant, to_at: Instant) -> tuple[Span, ...]:
    """Who is on duty from one moment to the other, without a hole, each as long as nothing changes."""
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
    """The times that nobody has."""
    return tuple(one for one in spans(roster, from_at, to_at) if not one.covered)


def tidied(roster: Roster, at: Instant) -> Roster:
    """Without overrides that are long over: who was away when is nobody's business for ever."""
    left = tuple(one for one in roster.overrides if one.to_at >= at - OVERRIDES_KEPT_US)
    return msgspec.structs.replace(roster, overrides=left)


def without_secrets(roster: Roster) -> Roster:
    """For whoever may know who is on duty, and not what opens a service: of a URL its host alone."""

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
    """Who the shifts and then the overrides say, and whether an override has changed it."""
    people = [one for shift in shifts for one in shift.people]
    changed = False
    for override in overrides:
        if override.instead_of is None:
            people, changed = list(override.people), True
        elif override.instead_of in people:
            # Who comes in for somebody is called then, and not a second time further down.
            place = people.index(override.instead_of)
            before = [one for one in people[:place] if one not in override.people]
            people, changed = [*before, *override.people, *people[place + 1 :]], True
    return people, changed


def _hours(roster: Roster, from_at: Instant, to_at: Instant) -> Iterator[_Hours]:
    """Each time that a shift is there, as far as it touches what lies between."""
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
