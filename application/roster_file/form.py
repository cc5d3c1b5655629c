"""What the file of those on duty has: its tables, what is wrong in words, and in which line it stands."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Final

import msgspec

from model.callouts.flaws import Flaw, FlawKind
from model.callouts.roster import Named, Text, TimeOfDay

SAYS: Final = {
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


class Day(StrEnum):
    """The days of a week, in their order."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DAYS: Final = tuple(Day)


class FileFaulty(Exception):
    """The file cannot be taken. `line`: from 1; 0 where no line is meant."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"{line}: {reason}" if line else reason)


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; a key that is none is a fault, and not passed over."""


class PersonTable(_Part, frozen=True, kw_only=True):
    id: str = ""
    name: Named
    language: str = "it"
    ways: tuple[str, ...] = ()
    operator: str = ""


class ShiftTable(_Part, frozen=True, kw_only=True):
    name: Named
    days: tuple[Day, ...]
    begins: TimeOfDay
    ends: TimeOfDay
    people: tuple[str, ...]


class OverrideTable(_Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    from_: dt.datetime
    to: dt.datetime
    people: tuple[str, ...]
    instead_of: str = ""
    why: Text = ""


class HolidayTable(_Part, frozen=True, kw_only=True, rename={"as_": "as"}):
    date: dt.date
    name: Named
    as_: Day = Day.SUN


class RosterFile(_Part, frozen=True, kw_only=True):
    zone: str = "Europe/Rome"
    person: tuple[PersonTable, ...] = ()
    shift: tuple[ShiftTable, ...] = ()
    override: tuple[OverrideTable, ...] = ()
    holiday: tuple[HolidayTable, ...] = ()


def said_of(flaw: Flaw) -> str:
    """The flaw in a sentence."""
    return f"{flaw.about}: {SAYS[flaw.kind]}" if flaw.about else SAYS[flaw.kind]


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
