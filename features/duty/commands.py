"""The commands `duty export | import | list`: the roster as a file, with or without a running center."""

from __future__ import annotations

import secrets
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from application.auditing import BY, note
from application.errors import CenterError, NotFound, SettingsError, UsageError
from application.options import DEFAULT, Common
from application.settings.file import load
from application.settings.where import config_in_use
from application.state.journals import journal_of
from application.times import rfc3339
from messages.ids import E164, Instant
from model.settings import Settings
from runtime.terminal import shown

if TYPE_CHECKING:
    from model.callouts.roster import Roster


class OnDuty(msgspec.Struct, frozen=True, kw_only=True):
    """Result of `duty list --json`: the people to call at that time, and the shifts that name them."""

    at: str
    until: str | None
    covered: bool
    people: list[str]
    """Ids of the people to call, in calling order."""
    others: list[str]
    shifts: list[str]


def export(*, common: Common = DEFAULT) -> None:
    """Write the roster to stdout, as `duty import` takes it. The audit records the export."""
    from features.duty.roster_file import format_roster
    from store.audit.entry import EVERYBODY, Action
    from store.roster import roster_of

    with journal_of(common.directory) as journal:
        kept = roster_of(journal)
        note(journal, common.directory, Action.EXPORT, (EVERYBODY,), f"roster {kept.version}")
    if common.json:
        common.data(kept.roster)
        return
    sys.stdout.write(format_roster(kept.roster))


def import_(
    file: Annotated[Path, Parameter(help="Roster file, as duty export writes it.")],
    /,
    *,
    check: Annotated[
        bool, Parameter(negative="", help="Only show the changes; nothing is imported.")
    ] = False,
    yes: Annotated[bool, Parameter(negative="", help="Import without a confirmation.")] = False,
    common: Common = DEFAULT,
) -> None:
    """Import the roster from a file: shows the changes, and asks for confirmation at a terminal."""
    from application.roster_file import FileFaulty, line_of, parse
    from features.duty.flaws import find_flaws, flaw_sentence, refusing_flaws
    from features.duty.roster_file import roster_changes
    from store.audit.entry import Action
    from store.roster import RosterChanged, normalised, roster_of, store_roster

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error
    settings, own = _settings(common)
    with journal_of(common.directory, create=True) as journal:
        before = roster_of(journal)
        try:
            made = parse(text, before.roster, lambda: f"p-{secrets.token_hex(3)}")
        except FileFaulty as error:
            raise CenterError(f"nothing was changed: {file}:{error}") from error
        made = normalised(made, settings.region)
        found = find_flaws(made, journal.now_us(), settings, own)
        if bad := refusing_flaws(found):
            faults = [f"{file}:{line_of(text, one.path)}: {flaw_sentence(one)}" for one in bad]
            raise CenterError("\n".join(["nothing was changed", *faults]))
        differing = list(roster_changes(before.roster, made))
        for line in differing or ["the file does not differ from the roster: nothing was changed"]:
            common.print_line(line)
        for one in found:
            common.warn(flaw_sentence(one))
        if check or not differing:
            return
        if not yes and sys.stdin.isatty():
            print(shown("Keep this roster? [y/N] "), end="", file=sys.stderr, flush=True)
            if sys.stdin.readline().strip().lower() not in ("y", "yes", "s", "sì", "si"):
                raise UsageError("nothing was changed")
        try:
            kept = journal.transact(lambda tx: store_roster(tx, made, was_version=before.version, by=BY))
        except RosterChanged as error:
            raise CenterError(f"nothing was changed: {error}") from error
        note(journal, common.directory, Action.CHANGE_STAFF, (), f"roster {kept.version}")
    common.print_line(f"kept: {len(made.people)} people, {len(made.shifts)} shifts")


def list_(
    *,
    at: Annotated[
        str, Parameter(help="Time, ISO 8601; without an offset in the roster's time zone; default: now.")
    ] = "",
    common: Common = DEFAULT,
) -> None:
    """List all people, first those called now or at another time, in order. The audit records this."""
    from model.callouts.roster import LOOKED_AHEAD_US, spans
    from model.callouts.times import local
    from store.audit.entry import Action
    from store.roster import roster_of

    with journal_of(common.directory) as journal:
        roster = roster_of(journal).roster
        if not roster.people:
            raise NotFound(
                "the roster is empty: run `securwoman duty import`, or edit the roster in Administration, J"
            )
        moment = _moment(at, roster) if at else journal.now_us()
        now = spans(roster, moment, Instant(moment + LOOKED_AHEAD_US))[0]
        note(journal, common.directory, Action.READ_STAFF, now.people, "who is on duty")
    names = {one.id: one.name for one in roster.people}
    others = [one for one in names if one not in now.people]
    until = None if now.to_at == moment + LOOKED_AHEAD_US else now.to_at
    if common.json:
        common.data(
            OnDuty(
                at=rfc3339(moment),
                until=None if until is None else rfc3339(until),
                covered=now.covered,
                people=list(now.people),
                others=[*others],
                shifts=list(now.shifts),
            )
        )
        return
    for place, one in enumerate(now.people, 1):
        common.print_line(f"{place}. {names[one]}")
    for one in others:
        common.print_line(f"-  {names[one]}")
    if until is not None:
        common.print_line(f"until {local(roster.zone, until):%Y-%m-%d %H:%M}")
    if not now.covered:
        common.warn("no shift covers this time: all people on the roster are called")


def _settings(common: Common) -> tuple[Settings, tuple[E164, ...]]:
    """Return the settings and the numbers of the center's lines; defaults if the settings cannot be read."""
    try:
        settings = load(config_in_use(common.directory))
    except SettingsError:
        return Settings(), ()
    return settings, tuple(E164(one.number) for one in settings.modem if one.number)


def _moment(text: str, roster: Roster) -> Instant:
    from model.callouts.times import instant_at

    try:
        at = datetime.fromisoformat(text)
        at + timedelta(days=366)  # `list_` also reads the days after this time
        return instant_at(roster.zone, at)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text}: a time such as 2026-12-24T22:00 is required") from error
