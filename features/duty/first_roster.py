"""The first roster, of the people whom `[[duty.person]]` names: all of them at any hour, in that order."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from application.auditing import BY
from application.roster_file import DAYS, FileFaulty, PersonTable, RosterFile, ShiftTable, roster_in, said_of
from messages.ids import E164
from model.callouts.flaws import flaws, refused
from model.callouts.roster import EMPTY
from store.roster import keep, normalised, roster_of

if TYPE_CHECKING:
    from model.settings import Settings
    from store.journal.journal import Journal, Transaction


def first_roster(settings: Settings, journal: Journal) -> list[str]:
    """Keep it where there never was one; what is to be told of it. No fault keeps a center from starting.

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
        return [f"duty.person: nobody is on duty: {error}"]
    made = normalised(made, settings.region)
    if bad := refused(flaws(made, journal.now_us(), settings, own)):
        return [f"duty.person: nobody is on duty: {said_of(one)}" for one in bad]

    def work(tx: Transaction) -> bool:
        if roster_of(tx).version:
            return False
        keep(tx, made, was_version=0, by=BY)
        return True

    return [f"{len(people)} people are on duty, as duty.person says"] if journal.transact(work) else []
