"""From the file's words to a roster; who is known by a name keeps the id."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import msgspec

from application.roster_file.form import (
    DAYS,
    SAYS,
    FileFaulty,
    OverrideTable,
    PersonTable,
    RosterFile,
    line_of,
)
from messages.envelope import decode_error
from messages.ids import DutyWay, OperatorId, PersonId
from model.callouts.flaws import FlawKind
from model.callouts.roster import Contact, Holiday, Override, Person, Roster, Shift
from model.callouts.times import instant_at, zone_of


def parse(text: str, kept: Roster, new_id: Callable[[], str]) -> Roster:
    """The roster in the file; who is `kept` by a name keeps the id. Raises FileFaulty."""
    try:
        said = msgspec.convert(tomllib.loads(text), RosterFile)
    except tomllib.TOMLDecodeError as error:
        raise FileFaulty(0, str(error)) from error
    except RecursionError as error:
        raise FileFaulty(0, "it is nested too deeply") from error
    except msgspec.ValidationError as error:
        raise _faulty(text, error) from error
    return roster_in(said, kept, new_id, text)


def _faulty(text: str, error: msgspec.ValidationError) -> FileFaulty:
    fault = decode_error(error)
    return FileFaulty(line_of(text, fault.path.removeprefix("$.")), fault.reason)


def roster_in(said: RosterFile, kept: Roster, new_id: Callable[[], str], text: str = "") -> Roster:
    """The same of what was read already; `text` is for the lines of its faults. Raises FileFaulty."""
    try:
        if zone_of(said.zone) is None:
            raise FileFaulty(line_of(text, "zone"), SAYS[FlawKind.NO_ZONE])
        return _Reading(text, said, kept, new_id).roster()
    except msgspec.ValidationError as error:
        raise _faulty(text, error) from error


class _Reading:
    """From the file's words to the roster's."""

    def __init__(self, text: str, said: RosterFile, kept: Roster, new_id: Callable[[], str]) -> None:
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
        # Structs that are made are not checked, those that are read are.
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
                line_of(self._text, f"person.{n}.ways"), f"{text!r}: one of {ways}, a space, where to"
            )
        return Contact(way=DutyWay(way), to=to.strip())

    def _override(self, n: int, one: OverrideTable) -> Override:
        at = f"override.{n}"
        instead = self._people((one.instead_of,), f"{at}.instead_of") if one.instead_of else (None,)
        try:
            from_at, to_at = (instant_at(self._said.zone, when) for when in (one.from_, one.to))
        except OverflowError as error:
            raise FileFaulty(line_of(self._text, f"{at}.from"), SAYS[FlawKind.NO_DATE]) from error
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
                raise FileFaulty(line_of(self._text, path), f"{name}: {SAYS[FlawKind.UNKNOWN_PERSON]}")
            found.append(one)
        return tuple(found)
