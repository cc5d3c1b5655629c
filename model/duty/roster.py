"""Who is on duty for the center, when, by which ways and in which order. Pure: a document and a moment.

Times of day are those of the roster's own zone. One that a change of the clocks leaves out is read with the
offset from before it, one that comes twice is the first of the two (RFC 5545, 3.3.5), so that shifts which
follow each other leave no gap on any night. A shift belongs to the day on which it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from messages.ids import SECOND, Instant, OperatorId, PersonId

DAYS_SHOWN: Final = 14
"""So far ahead it is said who is on duty, and looked for gaps."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

Id = Annotated[PersonId, Meta(pattern=r"^[a-z0-9-]{1,32}$(?!\n)")]
Named = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=200)]
Day = Annotated[int, Meta(ge=0, le=6)]
"""0 is Monday."""
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]


class Way(StrEnum):
    """How somebody is reached."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


BY_NUMBER: Final = frozenset((Way.CALL, Way.SMS))
"""What goes by our own modems."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the roster. A field of a newer version's is passed over: somebody has to be called."""


class Contact(_Part, frozen=True, kw_only=True):
    """One way to reach a person."""

    way: Way
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

    date: Annotated[str, Meta(pattern=_DATE.pattern, max_length=10)]
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


def on_duty(roster: Roster, at: Instant) -> tuple[Person, ...]:
    """Who is called at this moment, in this order; all people where nobody has it. Empty for no roster."""
    by_id = {one.id: one for one in roster.people}
    return tuple(by_id[one] for one in _at(roster, at).people)


def spans(roster: Roster, from_at: Instant, to_at: Instant) -> tuple[Span, ...]:
    """Who is on duty from one moment to the other, without a hole, each as long as nothing changes."""
    found: list[Span] = []
    edges = sorted(
        {from_at, to_at, *(one for one in _edges(roster, from_at, to_at) if from_at < one < to_at)}
    )
    for begins, ends in pairwise(edges):
        one = msgspec.structs.replace(_at(roster, begins), from_at=begins, to_at=ends)
        if found and one == msgspec.structs.replace(found[-1], from_at=begins, to_at=ends):
            one = msgspec.structs.replace(one, from_at=found.pop().from_at)
        found.append(one)
    return tuple(found)


def gaps(roster: Roster, from_at: Instant, to_at: Instant) -> tuple[Span, ...]:
    """The times that nobody has."""
    return tuple(one for one in spans(roster, from_at, to_at) if not one.covered)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    return _zone(name) is not None


def date_of(text: str) -> date | None:
    """The date, `2026-12-25`; None where there is none such."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def instant_of(zone: str, day: date, at: str) -> Instant:
    """The moment at which it is so late there. Raises ValueError for no zone, or no time of day."""
    if (known := _zone(zone)) is None:
        raise ValueError(zone)
    return _instant(known, day, at)


def local(zone: str, at: Instant) -> datetime:
    """What the clock on the wall shows there. Raises ValueError for no zone."""
    if (known := _zone(zone)) is None:
        raise ValueError(zone)
    return _local(known, at)


def _at(roster: Roster, at: Instant) -> Span:
    known = {one.id for one in roster.people}
    names: list[str] = []
    people: list[PersonId] = []
    for shift in _on(roster, at):
        names.append(shift.name)
        people += shift.people
    overridden = False
    for override in roster.overrides:
        if override.from_at <= at < override.to_at:
            people, changed = _overridden(people, override)
            overridden = overridden or changed
    there = tuple(dict.fromkeys(one for one in people if one in known))
    return Span(
        from_at=at,
        to_at=at,
        people=there or tuple(one.id for one in roster.people),
        covered=bool(there),
        shifts=tuple(names),
        overridden=overridden and bool(there),
    )


def _overridden(people: list[PersonId], override: Override) -> tuple[list[PersonId], bool]:
    if override.instead_of is None:
        return list(override.people), True
    if override.instead_of not in people:
        return people, False
    # Who comes in for somebody is called then, and not a second time further down.
    place = people.index(override.instead_of)
    before = [one for one in people[:place] if one not in override.people]
    return [*before, *override.people, *people[place + 1 :]], True


def _on(roster: Roster, at: Instant) -> Iterator[Shift]:
    """The shifts that cover this moment, in the roster's order."""
    zone = _zone(roster.zone)
    if zone is None:
        return
    today = _local(zone, at).date()
    holidays = {one.date: one.as_day for one in roster.holidays}
    for shift in roster.shifts:
        for day in (today - _DAY, today):
            if _day_of_week(day, holidays) in shift.days:
                begins, ends = _hours(zone, shift, day)
                if begins <= at < ends:
                    yield shift
                    break


def _edges(roster: Roster, from_at: Instant, to_at: Instant) -> Iterator[Instant]:
    """Whenever it may change who is on duty."""
    for override in roster.overrides:
        yield from (override.from_at, override.to_at)
    zone = _zone(roster.zone)
    if zone is None:
        return
    holidays = {one.date: one.as_day for one in roster.holidays}
    day = _local(zone, from_at).date() - _DAY
    while day <= _local(zone, to_at).date():
        for shift in roster.shifts:
            if _day_of_week(day, holidays) in shift.days:
                yield from _hours(zone, shift, day)
        day += _DAY


def _day_of_week(day: date, holidays: dict[str, int]) -> int:
    return holidays.get(day.isoformat(), day.weekday())


def _hours(zone: ZoneInfo, shift: Shift, day: date) -> tuple[Instant, Instant]:
    last = day if shift.begins < shift.ends else day + _DAY
    return _instant(zone, day, shift.begins), _instant(zone, last, shift.ends)


def _instant(zone: ZoneInfo, day: date, at: str) -> Instant:
    there = datetime.combine(day, time.fromisoformat(at), tzinfo=zone)
    return Instant((there.astimezone(UTC) - _EPOCH) // timedelta(seconds=1) * SECOND)


def _local(zone: ZoneInfo, at: Instant) -> datetime:
    return (_EPOCH + timedelta(microseconds=at)).astimezone(zone)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # None such (ZoneInfoNotFoundError), a path, a folder.
        return None
