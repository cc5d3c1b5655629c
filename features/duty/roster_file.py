"""The roster as a file, differences of two rosters, and the first roster, made from the settings."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Any

from application.auditing import BY
from application.roster_file import DAYS, FileFaulty, PersonTable, RosterFile, ShiftTable, roster_in
from features.duty.flaws import find_flaws, flaw_sentence, refusing_flaws
from messages.ids import E164, PersonId
from model.callouts.roster import EMPTY, Holiday, Override, Person, Roster, Shift
from model.callouts.times import local
from model.settings import Settings
from store.journal.journal import Journal, Transaction
from store.roster import normalised, roster_of, store_roster


def format_roster(roster: Roster) -> str:
    """Format the roster as a file."""
    lines = _lines({"zone": roster.zone})
    for kind, _, table in _tables(roster):
        lines += ["", f"[[{kind}]]", *_lines(table)]
    return "\n".join(lines) + "\n"


def roster_changes(before: Roster, after: Roster) -> Iterator[str]:
    """Yield removed (`-`) and added (`+`) lines of the file, each part under its name."""
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


def first_roster(settings: Settings, journal: Journal) -> list[str]:
    """Store a roster of the people of `[[duty.person]]` if there never was one; return messages about it. All
    are on duty at any hour, in that order. A fault never keeps a center from starting.

    Raises JournalNotDurable, JournalError.
    """
    table = settings.duty.person
    if not table or roster_of(journal).version:
        return []
    people = tuple(PersonTable(name=one.name, language=one.language, ways=one.ways) for one in table)
    always = ShiftTable(
        name="Sempre" if settings.language == "it" else "Always",
        days=DAYS,
        begins="00:00",
        ends="00:00",
        people=tuple(one.name for one in table),
    )
    own = tuple(E164(one.number) for one in settings.modem if one.number)
    try:
        said = RosterFile(person=people, shift=(always,))
        made = roster_in(said, EMPTY, lambda: f"p-{secrets.token_hex(3)}")
    except FileFaulty as error:
        return [f"duty.person: ignored, no person is on duty: {error}"]
    made = normalised(made, settings.region)
    if bad := refusing_flaws(find_flaws(made, journal.now_us(), settings, own)):
        return [f"duty.person: ignored, no person is on duty: {flaw_sentence(one)}" for one in bad]

    def work(tx: Transaction) -> bool:
        if roster_of(tx).version:
            return False
        store_roster(tx, made, was_version=0, by=BY)
        return True

    return [f"{len(people)} people are on duty, imported from duty.person"] if journal.transact(work) else []


def _parts(roster: Roster) -> dict[str, list[str]]:
    """Return the lines of the file by their subject."""
    parts = {"zone": _lines({"zone": roster.zone})}
    for kind, about, table in _tables(roster):
        parts.setdefault(f"{kind} {about}", []).extend(_lines(table))
    return parts


def _tables(roster: Roster) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the tables of the file in order: kind, subject, and content."""
    names, zone = {one.id: one.name for one in roster.people}, roster.zone
    for person in roster.people:
        yield "person", f"{person.id} ({person.name})", _person_table(person)
    for shift in roster.shifts:
        yield "shift", shift.name, _shift_table(shift, names)
    for override in roster.overrides:
        when = local(zone, override.from_at).strftime("%Y-%m-%d %H:%M")
        yield "override", when, _override_table(zone, override, names)
    for holiday in roster.holidays:
        yield "holiday", holiday.date, _holiday_table(holiday)


def _lines(table: dict[str, Any]) -> list[str]:
    import tomlkit  # imported here, since a node that starts formats no roster

    said = {key: value for key, value in table.items() if value not in ("", None)}
    return [f"{key} = {tomlkit.item(value).as_string()}" for key, value in said.items()]


def _person_table(one: Person) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "language": one.language,
        "ways": [f"{way.way} {way.to}" for way in one.contacts],
        "operator": one.operator,
    }


def _shift_table(one: Shift, names: dict[PersonId, str]) -> dict[str, Any]:
    return {
        "name": one.name,
        "days": [DAYS[day].value for day in one.days],
        "begins": one.begins,
        "ends": one.ends,
        "people": [names.get(who, who) for who in one.people],
    }


def _override_table(zone: str, one: Override, names: dict[PersonId, str]) -> dict[str, Any]:
    return {
        "from": local(zone, one.from_at),
        "to": local(zone, one.to_at),
        "people": [names.get(who, who) for who in one.people],
        "instead_of": "" if one.instead_of is None else names.get(one.instead_of, one.instead_of),
        "why": one.why,
    }


def _holiday_table(one: Holiday) -> dict[str, Any]:
    return {"date": dt.date.fromisoformat(one.date), "name": one.name, "as": DAYS[one.as_day].value}
