"""Flaws of a roster: reasons that a person cannot be reached, and hours without a person. Pure.

Telephone numbers are already E.164 (`store.roster.normalised`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import msgspec

from application.roster_file import NO_DATE, NO_ZONE, UNKNOWN_PERSON
from messages.ids import E164, SECOND, DutyWay, Instant, PersonId
from model.callouts.roster import BY_NUMBER, LOOKED_AHEAD_US, Contact, Roster, gaps
from model.callouts.times import date_of, zone_of
from model.rules.calls.psap import EMERGENCY_NUMBERS
from model.rules.calls.withheld_numbers import NoDialReason, why_number_unfit
from model.settings import Settings

_DATES: Final = (Instant(0), Instant(100 * 366 * 86_400 * SECOND))
"""Valid range of dates: calendars end at the year 9999, in some zones a day earlier."""
_E164: Final = re.compile(r"\+[1-9][0-9]{5,14}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")


class FlawKind(StrEnum):
    """Kind of a flaw."""

    NO_ZONE = "no_zone"
    NAME_TWICE = "name_twice"
    """Two people have one name or id: shifts cannot distinguish them."""
    NO_WAY = "no_way"
    """The person has no contact."""
    NO_NUMBER = "no_number"
    EMERGENCY = "emergency"
    """The number is an emergency number, or one that is called for 112."""
    WITHHELD = "withheld"
    """The settings do not permit the number (`[dialling]`)."""
    OWN_LINE = "own_line"
    """The number is that of one of the center's lines."""
    NO_ADDRESS = "no_address"
    NO_URL = "no_url"
    UNKNOWN_PERSON = "unknown_person"
    NO_DATE = "no_date"
    ENDS_BEFORE = "ends_before"

    GAP = "gap"
    """Hours without a person within two weeks."""
    IDLE = "idle"
    """The person is in no shift."""
    NO_CALL = "no_call"
    """The person is on duty and has no telephone for calls: a written notification wakes no person."""


ADVICE: Final = frozenset((FlawKind.GAP, FlawKind.IDLE, FlawKind.NO_CALL))
"""Flaws with which a roster is still accepted, with a warning. With all others the roster is refused."""


SENTENCES: Final = {
    FlawKind.NO_ZONE: NO_ZONE,
    FlawKind.NAME_TWICE: "two people have this name or id",
    FlawKind.NO_WAY: "this person has no channel to be reached by",
    FlawKind.NO_NUMBER: "this is not a telephone number",
    FlawKind.EMERGENCY: "this is an emergency number",
    FlawKind.WITHHELD: "[dialling] in the settings does not permit this number",
    FlawKind.OWN_LINE: "this is the number of one of the center's lines",
    FlawKind.NO_ADDRESS: "this is not an e-mail address",
    FlawKind.NO_URL: "this is not a URL",
    FlawKind.UNKNOWN_PERSON: UNKNOWN_PERSON,
    FlawKind.NO_DATE: NO_DATE,
    FlawKind.ENDS_BEFORE: "the period ends before it begins",
    FlawKind.GAP: "some hours of the next two weeks have no shift: all people are called then",
    FlawKind.IDLE: "this person is in no shift",
    FlawKind.NO_CALL: "this person has no telephone channel: a written message does not wake a person",
}


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """A flaw of a roster, with its place."""

    kind: FlawKind
    path: str
    """Path in the document: `people.0.contacts.1.to`."""
    about: str = ""
    """A name, or the faulty value."""


def flaw_sentence(flaw: Flaw) -> str:
    """Return the flaw as a sentence."""
    return f"{flaw.about}: {SENTENCES[flaw.kind]}" if flaw.about else SENTENCES[flaw.kind]


def find_flaws(
    roster: Roster, at: Instant, settings: Settings, own: Collection[E164] = ()
) -> tuple[Flaw, ...]:
    """Return all flaws in the order of the document. `own`: numbers of the center's lines."""
    return (*_find_refusing(roster, settings, own), *_find_advice(roster, at))


def refusing_flaws(found: tuple[Flaw, ...]) -> tuple[Flaw, ...]:
    """Return the flaws with which a roster is refused."""
    return tuple(one for one in found if one.kind not in ADVICE)


def is_covered(roster: Roster, at: Instant) -> bool:
    """Return True if for two weeks from now each hour has a person who can be called."""
    return bool(roster.people) and not any(
        one.kind in (FlawKind.GAP, FlawKind.NO_CALL) for one in _find_advice(roster, at)
    )


def _find_refusing(roster: Roster, settings: Settings, own: Collection[E164]) -> Iterator[Flaw]:
    if zone_of(roster.zone) is None:
        yield Flaw(kind=FlawKind.NO_ZONE, path="zone", about=roster.zone)
    names = Counter(one.name.casefold() for one in roster.people)
    ids = Counter(one.id for one in roster.people)
    for n, person in enumerate(roster.people):
        at = f"people.{n}"
        if names[person.name.casefold()] > 1 or ids[person.id] > 1:
            yield Flaw(kind=FlawKind.NAME_TWICE, path=f"{at}.name", about=person.name)
        if not person.contacts:
            yield Flaw(kind=FlawKind.NO_WAY, path=f"{at}.contacts", about=person.name)
        for k, contact in enumerate(person.contacts):
            if (kind := _contact_flaw(contact, settings, own)) is not None:
                yield Flaw(kind=kind, path=f"{at}.contacts.{k}.to", about=contact.to)
    for n, shift in enumerate(roster.shifts):
        yield from _find_unknown_people(roster, shift.people, f"shifts.{n}.people")
    for n, override in enumerate(roster.overrides):
        at = f"overrides.{n}"
        yield from _find_unknown_people(roster, override.people, f"{at}.people")
        if override.instead_of is not None:
            yield from _find_unknown_people(roster, (override.instead_of,), f"{at}.instead_of")
        if override.from_at < _DATES[0] or override.to_at > _DATES[1]:
            yield Flaw(kind=FlawKind.NO_DATE, path=f"{at}.from_at")
        if override.to_at <= override.from_at:
            yield Flaw(kind=FlawKind.ENDS_BEFORE, path=f"{at}.to_at")
    for n, holiday in enumerate(roster.holidays):
        if date_of(holiday.date) is None:
            yield Flaw(kind=FlawKind.NO_DATE, path=f"holidays.{n}.date", about=holiday.date)


def _find_advice(roster: Roster, at: Instant) -> Iterator[Flaw]:
    if roster.people and gaps(roster, at, Instant(at + LOOKED_AHEAD_US)):
        yield Flaw(kind=FlawKind.GAP, path="shifts")
    busy = {one for shift in roster.shifts if shift.days for one in shift.people}
    busy.update(one for override in roster.overrides if override.to_at > at for one in override.people)
    for n, person in enumerate(roster.people):
        if person.id not in busy:
            yield Flaw(kind=FlawKind.IDLE, path=f"people.{n}", about=person.name)
        elif not any(one.way is DutyWay.CALL for one in person.contacts):
            yield Flaw(kind=FlawKind.NO_CALL, path=f"people.{n}.contacts", about=person.name)


def _find_unknown_people(roster: Roster, people: tuple[PersonId, ...], path: str) -> Iterator[Flaw]:
    known = {one.id for one in roster.people}
    for one in people:
        if one not in known:
            yield Flaw(kind=FlawKind.UNKNOWN_PERSON, path=path, about=one)


def _contact_flaw(contact: Contact, settings: Settings, own: Collection[E164]) -> FlawKind | None:
    if contact.way in BY_NUMBER:
        return _number_flaw(contact.to, settings, own)
    if contact.way is DutyWay.EMAIL:
        return None if _ADDRESS.fullmatch(contact.to) else FlawKind.NO_ADDRESS
    try:
        url = urlsplit(contact.to)
    except ValueError:
        return FlawKind.NO_URL
    if contact.way is DutyWay.WEBHOOK:
        return None if url.scheme in ("https", "http") and url.hostname else FlawKind.NO_URL
    return None if url.scheme and "://" in contact.to else FlawKind.NO_URL


def _number_flaw(number: str, settings: Settings, own: Collection[E164]) -> FlawKind | None:
    if "".join(filter(str.isdigit, number)) in EMERGENCY_NUMBERS:
        return FlawKind.EMERGENCY
    if not _E164.fullmatch(number):
        return FlawKind.NO_NUMBER
    if number in own:
        return FlawKind.OWN_LINE
    why = why_number_unfit(E164(number), settings)
    if why is None:
        return None
    return FlawKind.EMERGENCY if why in (NoDialReason.EMERGENCY, NoDialReason.PSAP) else FlawKind.WITHHELD
