"""From a roster to the file's words, and what differs between two rosters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import tomlkit

from center.duty_file.form import DAYS
from messages.ids import PersonId
from model.duty.roster import Holiday, Override, Person, Roster, Shift
from model.duty.times import local


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
        "days": [DAYS[day].value for day in one.days],
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
    return {"date": dt.date.fromisoformat(one.date), "name": one.name, "as": DAYS[one.as_day].value}


def _text(value: object) -> str:
    return tomlkit.item(value).as_string()
