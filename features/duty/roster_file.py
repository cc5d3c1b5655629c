"""From a roster to the file's words, and what differs between two rosters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import tomlkit

from application.roster_file import DAYS
from messages.ids import PersonId
from model.callouts.roster import Holiday, Override, Person, Roster, Shift
from model.callouts.times import local


def written(roster: Roster) -> str:
    """The roster as the file has it."""
    lines = _lines({"zone": roster.zone})
    for kind, _, table in _tables(roster):
        lines += ["", f"[[{kind}]]", *_lines(table)]
    return "\n".join(lines) + "\n"


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
    if [one.name for one in before.shifts] != [one.name for one in after.shifts]:
        yield "the order of the shifts"


def _parts(roster: Roster) -> dict[str, list[str]]:
    """The file's lines by what they are about."""
    parts = {"zone": _lines({"zone": roster.zone})}
    for kind, about, table in _tables(roster):
        parts.setdefault(f"{kind} {about}", []).extend(_lines(table))
    return parts


def _tables(roster: Roster) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The file's tables in their order: of which kind, about what, and what they say."""
    names, zone = {one.id: one.name for one in roster.people}, roster.zone
    for person in roster.people:
        yield "person", f"{person.id} ({person.name})", _of_person(person)
    for shift in roster.shifts:
        yield "shift", shift.name, _of_shift(shift, names)
    for override in roster.overrides:
        when = local(zone, override.from_at).strftime("%Y-%m-%d %H:%M")
        yield "override", when, _of_override(zone, override, names)
    for holiday in roster.holidays:
        yield "holiday", holiday.date, _of_holiday(holiday)


def _lines(table: dict[str, Any]) -> list[str]:
    said = {key: value for key, value in table.items() if value not in ("", None)}
    return [f"{key} = {tomlkit.item(value).as_string()}" for key, value in said.items()]


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
