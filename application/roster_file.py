"""Roster of people on duty as a file that people write (docs/duty-roster.md): its tables, their conversion,
and faults in words with the line.

People are referred to by name in the file. Ids exist so that a name can be corrected; a person without an id
gets one, or keeps the id of the name.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec

from messages.envelope import decode_error
from messages.ids import DutyWay, OperatorId, PersonId
from model.callouts.roster import Contact, Holiday, Named, Override, Person, Roster, Shift, Text, TimeOfDay
from model.callouts.times import instant_at, zone_of

NO_ZONE: Final = "the time zone is unknown"
NO_DATE: Final = "the date does not exist"
UNKNOWN_PERSON: Final = "no person of the roster has this name"
_HEADER: Final = re.compile(r"^\s*\[\[\s*(?P<name>[a-z_]+)\s*\]\]")
_TABLES: Final = {"people": "person", "shifts": "shift", "overrides": "override", "holidays": "holiday"}
_KEYS: Final = {"contacts": "ways", "from_at": "from", "to_at": "to", "as_day": "as"}


class Day(StrEnum):
    """Days of a week, in their order."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DAYS: Final = tuple(Day)


class FileFaulty(Exception):
    """The file cannot be accepted. `line`: from 1; 0 if no line applies."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"{line}: {reason}" if line else reason)


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Table of the file; an unknown key is a fault."""


class PersonTable(_Part, frozen=True, kw_only=True):
    """A person, `[[person]]`. `ways`: channels and numbers in calling order; `operator`: id of the operator
    who is this person.
    """

    id: str = ""
    name: Named
    language: str = "it"
    ways: tuple[str, ...] = ()
    operator: str = ""


class ShiftTable(_Part, frozen=True, kw_only=True):
    """A weekly shift, `[[shift]]`. `people`: names in calling order."""

    name: Named
    days: tuple[Day, ...]
    begins: TimeOfDay
    ends: TimeOfDay
    people: tuple[str, ...]


class OverrideTable(_Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """An exception from the shifts, `[[override]]`. Times without an offset are in the zone of the roster."""

    from_: dt.datetime
    to: dt.datetime
    people: tuple[str, ...]
    instead_of: str = ""
    why: Text = ""


class HolidayTable(_Part, frozen=True, kw_only=True, rename={"as_": "as"}):
    """A holiday, `[[holiday]]`. `as_`: day of the week with the shifts of this date."""

    date: dt.date
    name: Named
    as_: Day = Day.SUN


class RosterFile(_Part, frozen=True, kw_only=True):
    """The whole file."""

    zone: str = "Europe/Rome"
    person: tuple[PersonTable, ...] = ()
    shift: tuple[ShiftTable, ...] = ()
    override: tuple[OverrideTable, ...] = ()
    holiday: tuple[HolidayTable, ...] = ()


def line_of(text: str, path: str) -> int:
    """Return the line, from 1, of a path (`people.2.contacts.0.to`, `shift[1].days[0]`); 0 for none."""
    steps = [one for one in re.split(r"[.\[\]]+", path) if one]
    table, lines = _TABLES.get(steps[0], steps[0]), text.splitlines()
    if len(steps) == 1 or not steps[1].isdigit():
        return _key_line(lines, 0, steps[0])
    headers = [n for n, line in enumerate(lines) if (m := _HEADER.match(line)) and m["name"] == table]
    if int(steps[1]) >= len(headers):
        return 0
    header = headers[int(steps[1])]
    key = _KEYS.get(steps[2], steps[2]) if len(steps) > 2 else ""
    return _key_line(lines, header + 1, key) or header + 1


def _key_line(lines: list[str], start: int, key: str) -> int:
    for n in range(start, len(lines)):
        if lines[n].lstrip().startswith("["):
            break
        if key and re.match(rf"\s*{re.escape(key)}\s*=", lines[n]):
            return n + 1
    return 0


def parse(text: str, kept: Roster, new_id: Callable[[], str]) -> Roster:
    """Return the roster in the file; people with a name in `kept` keep their ids. Raises FileFaulty."""
    try:
        said = msgspec.convert(tomllib.loads(text), RosterFile)
    except tomllib.TOMLDecodeError as error:
        raise FileFaulty(0, str(error)) from error
    except RecursionError as error:
        raise FileFaulty(0, "the roster is nested too deeply") from error
    except msgspec.ValidationError as error:
        raise _faulty(text, error) from error
    return roster_in(said, kept, new_id, text)


def _faulty(text: str, error: msgspec.ValidationError) -> FileFaulty:
    fault = decode_error(error)
    return FileFaulty(line_of(text, fault.path.removeprefix("$.")), fault.reason)


def roster_in(said: RosterFile, kept: Roster, new_id: Callable[[], str], text: str = "") -> Roster:
    """Return the roster of tables already read; `text` is for the lines of faults. Raises FileFaulty."""
    try:
        if zone_of(said.zone) is None:
            raise FileFaulty(line_of(text, "zone"), NO_ZONE)
        return _Reading(text, said, kept, new_id).roster()
    except msgspec.ValidationError as error:
        raise _faulty(text, error) from error


class _Reading:
    """Conversion from the file's tables to the roster."""

    def __init__(self, text: str, said: RosterFile, kept: Roster, new_id: Callable[[], str]) -> None:
        self._text = text
        self._said = said
        known = {one.name.casefold(): one.id for one in kept.people}
        self._ids = {
            one.name.casefold(): PersonId(one.id or known.get(one.name.casefold()) or new_id())
            for one in said.person
        }

    def roster(self) -> Roster:
        """Return the roster. Raises FileFaulty, ValidationError."""
        said = self._said
        made = Roster(
            zone=said.zone,
            people=tuple(self._person(n, one) for n, one in enumerate(said.person)),
            shifts=tuple(
                Shift(
                    name=one.name,
                    days=tuple(sorted({DAYS.index(day) for day in one.days})),
                    begins=one.begins,
                    ends=one.ends,
                    people=self._people(one.people, f"shift.{n}.people"),
                )
                for n, one in enumerate(said.shift)
            ),
            overrides=tuple(self._override(n, one) for n, one in enumerate(said.override)),
            holidays=tuple(
                Holiday(date=one.date.isoformat(), name=one.name, as_day=DAYS.index(one.as_))
                for one in said.holiday
            ),
        )
        # Constructed structs are not validated, converted ones are.
        return msgspec.convert(msgspec.to_builtins(made), Roster)

    def _person(self, n: int, one: PersonTable) -> Person:
        return Person(
            id=self._ids[one.name.casefold()],
            name=one.name,
            language=one.language,
            contacts=tuple(self._contact(n, way) for way in one.ways),
            operator=OperatorId(one.operator) if one.operator else None,
        )

    def _contact(self, n: int, text: str) -> Contact:
        way, _, to = text.strip().partition(" ")
        if way not in list(DutyWay) or not to.strip():
            ways = ", ".join(DutyWay)
            raise FileFaulty(
                line_of(self._text, f"person.{n}.ways"),
                f"{text!r}: expected a channel ({ways}), a space, and a number or address",
            )
        return Contact(way=DutyWay(way), to=to.strip())

    def _override(self, n: int, one: OverrideTable) -> Override:
        at = f"override.{n}"
        instead = self._people((one.instead_of,), f"{at}.instead_of") if one.instead_of else (None,)
        try:
            from_at, to_at = (instant_at(self._said.zone, when) for when in (one.from_, one.to))
        except OverflowError as error:
            raise FileFaulty(line_of(self._text, f"{at}.from"), NO_DATE) from error
        return Override(
            from_at=from_at,
            to_at=to_at,
            people=self._people(one.people, f"{at}.people"),
            instead_of=instead[0],
            why=one.why,
        )

    def _people(self, names: tuple[str, ...], path: str) -> tuple[PersonId, ...]:
        ids = set(self._ids.values())
        found = []
        for name in names:
            one = self._ids.get(name.casefold(), PersonId(name))
            if one not in ids:
                raise FileFaulty(line_of(self._text, path), f"{name}: {UNKNOWN_PERSON}")
            found.append(one)
        return tuple(found)
