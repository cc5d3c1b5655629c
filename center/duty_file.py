"""The roster of those on duty as a file of people's (docs/duty-roster.md), and what differs between two.

In the file people are named by their names; ids are there so that a name can be corrected, and whoever has
none is given one.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec
import tomlkit

from messages.envelope import decode_error
from messages.ids import SECOND, DutyWay, Instant, OperatorId, PersonId
from model.duty.flaws import Flaw, FlawKind
from model.duty.roster import (
    Contact,
    Holiday,
    Named,
    Override,
    Person,
    Roster,
    Shift,
    Text,
    TimeOfDay,
)
from model.duty.times import instant_of, local, zone_of

_SAYS: Final = {
    FlawKind.NO_ZONE: "there is no such time zone",
    FlawKind.NAME_TWICE: "two people have this name or id",
    FlawKind.NO_WAY: "this person has no way to be reached",
    FlawKind.NO_NUMBER: "this is no telephone number",
    FlawKind.EMERGENCY: "this is an emergency number",
    FlawKind.WITHHELD: "the settings do not let this number be called ([dialling])",
    FlawKind.OWN_LINE: "this is the number of a line of the center's own",
    FlawKind.NO_ADDRESS: "this is no address of e-mail",
    FlawKind.NO_URL: "this is no URL",
    FlawKind.UNKNOWN_PERSON: "nobody of this name is among the people",
    FlawKind.NO_DATE: "there is no such date",
    FlawKind.ENDS_BEFORE: "it ends before it begins",
    FlawKind.GAP: "within two weeks there are hours that nobody has: then all are called",
    FlawKind.IDLE: "this person is in no shift",
    FlawKind.NO_CALL: "this person is not called, and nothing that is written wakes anybody",
}
_HEADER: Final = re.compile(r"^\s*\[\[\s*(?P<name>[a-z_]+)\s*\]\]")
_TABLES: Final = {"people": "person", "shifts": "shift", "overrides": "override", "holidays": "holiday"}
_KEYS: Final = {"contacts": "ways", "from_at": "from", "to_at": "to", "as_day": "as"}


class _Day(StrEnum):
    """The days of a week, in their order."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_DAYS: Final = tuple(_Day)


class FileFaulty(Exception):
    """The file cannot be taken. `line`: from 1; 0 where no line is meant."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"{line}: {reason}" if line else reason)


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; a key that is none is a fault, and not passed over."""


class _Person(_Part, frozen=True, kw_only=True):
    id: str = ""
    name: Named
    language: str = "it"
    ways: tuple[str, ...] = ()
    operator: str = ""


class _Shift(_Part, frozen=True, kw_only=True):
    name: Named
    days: tuple[_Day, ...]
    begins: TimeOfDay
    ends: TimeOfDay
    people: tuple[str, ...]


class _Override(_Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    from_: dt.datetime
    to: dt.datetime
    people: tuple[str, ...]
    instead_of: str = ""
    why: Text = ""


class _Holiday(_Part, frozen=True, kw_only=True, rename={"as_": "as"}):
    date: dt.date
    name: Named
    as_: _Day = _Day.SUN


class _File(_Part, frozen=True, kw_only=True):
    zone: str = "Europe/Rome"
    person: tuple[_Person, ...] = ()
    shift: tuple[_Shift, ...] = ()
    override: tuple[_Override, ...] = ()
    holiday: tuple[_Holiday, ...] = ()


def parse(text: str, kept: Roster, new_id: Callable[[], str]) -> Roster:
    """The roster in the file; who is `kept` by a name keeps the id. Raises FileFaulty."""
    try:
        said = msgspec.convert(tomllib.loads(text), _File)
        if zone_of(said.zone) is None:
            raise FileFaulty(line_of(text, "zone"), _SAYS[FlawKind.NO_ZONE])
        return _Reading(text, said, kept, new_id).roster()
    except tomllib.TOMLDecodeError as error:
        raise FileFaulty(0, str(error)) from error
    except msgspec.ValidationError as error:
        fault = decode_error(error)
        raise FileFaulty(line_of(text, fault.path.removeprefix("$.")), fault.reason) from error


def written(roster: Roster) -> str:
    """The roster as the file has it."""
    return "\n".join(_lines(roster)) + "\n"


def changes(before: Roster, after: Roster) -> Iterator[str]:
    """What is taken out (`-`) and what comes in (`+`), in the file's own lines; a name before each part."""
    parts = [_parts(before), _parts(after)]
    for key in dict.fromkeys([*parts[0], *parts[1]]):
        old, new = (one.get(key, ()) for one in parts)
        if old == new:
            continue
        yield key
        yield from (f"  - {line}" for line in old if line not in new)
        yield from (f"  + {line}" for line in new if line not in old)
    if _order(before) != _order(after):
        yield "the order of the shifts"


def said_of(flaw: Flaw) -> str:
    """The flaw in a sentence."""
    return f"{flaw.about}: {_SAYS[flaw.kind]}" if flaw.about else _SAYS[flaw.kind]


def line_of(text: str, path: str) -> int:
    """In which line, from 1, that stands: `people.2.contacts.0.to`, `shift[1].days[0]`; 0: in none."""
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


class _Reading:
    """From the file's words to the roster's."""

    def __init__(self, text: str, said: _File, kept: Roster, new_id: Callable[[], str]) -> None:
        self._text = text
        self._said = said
        known = {one.name.casefold(): one.id for one in kept.people}
        self._ids = {
            one.name.casefold(): PersonId(one.id or known.get(one.name.casefold()) or new_id())
            for one in said.person
        }

    def roster(self) -> Roster:
        """Raises FileFaulty, ValidationError."""
        said = self._said
        made = Roster(
            zone=said.zone,
            people=tuple(self._person(n, one) for n, one in enumerate(said.person)),
            shifts=tuple(
                Shift(
                    name=one.name,
                    days=tuple(sorted({_DAYS.index(day) for day in one.days})),
                    begins=one.begins,
                    ends=one.ends,
                    people=self._people(one.people, f"shift.{n}.people"),
                )
                for n, one in enumerate(said.shift)
            ),
            overrides=tuple(self._override(n, one) for n, one in enumerate(said.override)),
            holidays=tuple(
                Holiday(date=one.date.isoformat(), name=one.name, as_day=_DAYS.index(one.as_))
                for one in said.holiday
            ),
        )
        # Structs that are made are not checked, those that are read are.
        return msgspec.convert(msgspec.to_builtins(made), Roster)

    def _person(self, n: int, one: _Person) -> Person:
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
                line_of(self._text, f"person.{n}.ways"), f"{text!r}: one of {ways}, a space, where to"
            )
        return Contact(way=DutyWay(way), to=to.strip())

    def _override(self, n: int, one: _Override) -> Override:
        at = f"override.{n}"
        instead = self._people((one.instead_of,), f"{at}.instead_of") if one.instead_of else (None,)
        return Override(
            from_at=self._instant(one.from_),
            to_at=self._instant(one.to),
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
                raise FileFaulty(line_of(self._text, path), f"{name}: {_SAYS[FlawKind.UNKNOWN_PERSON]}")
            found.append(one)
        return tuple(found)

    def _instant(self, at: dt.datetime) -> Instant:
        """Without an offset it is a time of the roster's zone."""
        if at.tzinfo is None:
            midnight = instant_of(self._said.zone, at.date(), at.strftime("%H:%M"))
            return Instant(midnight + at.second * SECOND)
        return Instant(int(at.timestamp()) * SECOND)


def _order(roster: Roster) -> list[str]:
    return [one.name for one in roster.shifts]


def _parts(roster: Roster) -> dict[str, list[str]]:
    """The file's lines by what they are about."""
    names = {one.id: one.name for one in roster.people}
    parts: dict[str, list[str]] = {"zone": [f"zone = {_text(roster.zone)}"]}
    for person in roster.people:
        parts[f"person {person.id} ({person.name})"] = _table(_of_person(person))
    for shift in roster.shifts:
        parts.setdefault(f"shift {shift.name}", []).extend(_table(_of_shift(shift, names)))
    for override in roster.overrides:
        when = local(roster.zone, override.from_at).strftime("%Y-%m-%d %H:%M")
        parts.setdefault(f"override {when}", []).extend(_table(_of_override(roster.zone, override, names)))
    for holiday in roster.holidays:
        parts[f"holiday {holiday.date}"] = _table(_of_holiday(holiday))
    return parts


def _lines(roster: Roster) -> Iterator[str]:
    names = {one.id: one.name for one in roster.people}
    yield f"zone = {_text(roster.zone)}"
    tables: list[tuple[str, dict[str, Any]]] = [
        *(("person", _of_person(one)) for one in roster.people),
        *(("shift", _of_shift(one, names)) for one in roster.shifts),
        *(("override", _of_override(roster.zone, one, names)) for one in roster.overrides),
        *(("holiday", _of_holiday(one)) for one in roster.holidays),
    ]
    for name, table in tables:
        yield from ("", f"[[{name}]]", *_table(table))


def _table(table: dict[str, Any]) -> list[str]:
    return [f"{key} = {_text(value)}" for key, value in table.items() if value not in ("", None)]


def _of_person(one: Person) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "language": one.language,
        "ways": [f"{way.way} {way.to}" for way in one.contacts],
        "operator": one.operator,
    }


def _of_shift(one: Shift, names: dict[PersonId, str]) -> dict[str, Any]:
    return {
        "name": one.name,
        "days": [_DAYS[day].value for day in one.days],
        "begins": one.begins,
        "ends": one.ends,
        "people": [names.get(who, who) for who in one.people],
    }


def _of_override(zone: str, one: Override, names: dict[PersonId, str]) -> dict[str, Any]:
    return {
        "from": local(zone, one.from_at),
        "to": local(zone, one.to_at),
        "people": [names.get(who, who) for who in one.people],
        "instead_of": "" if one.instead_of is None else names.get(one.instead_of, one.instead_of),
        "why": one.why,
    }


def _of_holiday(one: Holiday) -> dict[str, Any]:
    return {"date": dt.date.fromisoformat(one.date), "name": one.name, "as": _DAYS[one.as_day].value}


def _text(value: object) -> str:
    return tomlkit.item(value).as_string()
