"""`journal verify | export | import`: the journal on the disk, with or without a running center."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from application.auditing import note
from application.options import DEFAULT, Common
from application.state.journals import goes_on, journal_of
from application.state.moving import center_of, is_center, take_audit_keys
from runtime.terminal import shown_json


def verify(*, common: Common = DEFAULT) -> int:
    """Check the journal; exit 1 when it is damaged."""
    from store.journal.verify import verify_journal

    _say_what_is_missing(common)
    with journal_of(common.directory, disk=True) as journal:
        found = verify_journal(journal)
    if common.json:
        common.data(found)
    else:
        for problem in found.problems:
            common.print_line(problem)
        unknown = f", {found.unknown} of types that only a newer version knows" if found.unknown else ""
        common.print_line(
            f"{found.events} events in {found.streams} streams, {found.alerts} alerts, "
            f"{found.open_alerts} of them open{unknown}: {'DAMAGED' if found.problems else 'sound'}; "
            f"digest {found.digest[:16]}"
        )
    return 1 if found.problems else 0


def export(
    *,
    format: Annotated[
        Literal["jsonl", "msgpack"], Parameter(help="Format; jsonl has one JSON object a line.")
    ] = "jsonl",
    since: Annotated[int, Parameter(help="Export only events after this seq.")] = 0,
    common: Common = DEFAULT,
) -> None:
    """Write events to stdout. This is no backup: it has no user, no operator and no app key."""
    from store.audit.entry import EVERYBODY, Action
    from store.journal.transfer import Format
    from store.journal.transfer import export_events as export_journal

    _say_what_is_missing(common)
    common.warn("an export is not a backup: it lacks users, operators and app keys (use securwoman backup)")
    # The entry goes to the journal in use, which while the disk fails is not the exported journal.
    with journal_of(common.directory) as journal:
        note(journal, common.directory, Action.EXPORT, (EVERYBODY,), f"journal since {since}")
    with journal_of(common.directory, disk=True) as journal:
        if sys.stdout.isatty() and Format(format) is Format.JSONL:
            # The same data in JSON, without control characters for the terminal.
            text = BytesIO()
            export_journal(journal, text, Format.JSONL, since=since)
            sys.stdout.write(shown_json(text.getvalue().decode()))
        else:
            export_journal(journal, sys.stdout.buffer, Format(format), since=since)
    sys.stdout.flush()


def import_(
    path: Annotated[Path, Parameter(help="Export file, state directory, or journal.db.")],
    /,
    *,
    common: Common = DEFAULT,
) -> None:
    """Import an export, or a center's state directory or journal.db, into an empty journal."""
    from store.audit.entry import EVERYBODY, Action
    from store.journal.moving import move_journal
    from store.journal.transfer import import_file

    _say_what_is_missing(common)
    if is_center(path):
        with center_of(path) as source, journal_of(common.directory, create=True) as journal:
            moved = move_journal(source, journal)
            take_audit_keys(path, common.directory)
            note(journal, common.directory, Action.IMPORT, (EVERYBODY,), f"{moved.events} events")
        common.print_json(
            moved,
            f"{moved.events} events, {moved.users} users, {moved.operators} operators, "
            f"{moved.app_keys} app keys",
        )
        return
    with journal_of(common.directory, create=True, disk=True) as journal:
        count = import_file(journal, path)
        note(journal, common.directory, Action.IMPORT, (EVERYBODY,), f"{count} events")
    common.print_json({"events": count}, f"{count} events")


def _say_what_is_missing(common: Common) -> None:
    """Warn on stderr if newer events are in memory only: stdout has the journal."""
    if goes_on(common.directory):
        print("securwoman: the disk cannot be written; newer events are only in memory", file=sys.stderr)
