"""The commands `audit person | operator | since | verify`: accesses, changes, sign-ons; no center needed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from application.auditing import note
from application.errors import UsageError
from application.options import DEFAULT, Common
from application.people import region_of
from application.state.journals import journal_of
from application.times import rfc3339
from messages.ids import SECOND, Instant

if TYPE_CHECKING:
    from store.audit.entry import Entry
    from store.audit.trail import AuditVerification

Limit = Annotated[int, Parameter(help="Largest number of entries; the newest are shown.")]


HEAD_LOST: Final = 3
"""Exit status if no entry is altered, and the end of a chain is unknown."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit."""

    at: str
    actor: str
    origin: str
    action: str
    subjects: tuple[str, ...]
    detail: str
    chain: str
    number: int


def person(
    person: Annotated[str, Parameter(help="Number, id or device id of the person.")],
    /,
    *,
    limit: Limit = 1000,
    common: Common = DEFAULT,
) -> None:
    """List who has seen or changed a person's data: by number, device or id."""
    from store.audit.entry import EVERYBODY, Action
    from store.audit.search import entries, ids_of
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        ids = ids_of(journal, Registry(journal), person, region_of(common.directory))
        note(journal, common.directory, Action.READ_AUDIT, ids - {EVERYBODY}, "person")
        _show(common, islice(entries(journal, subjects=ids), limit))


def operator(
    name: Annotated[
        str, Parameter(help="Name, number or id of an operator; or account:NAME, app or center.")
    ],
    /,
    *,
    limit: Limit = 1000,
    common: Common = DEFAULT,
) -> None:
    """List the actions of an actor: an operator by name, number or id, or `account:NAME`, `app`, `center`."""
    from store.audit.entry import Action
    from store.audit.search import entries
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        known = Registry(journal).called(name)
        # A removed operator is known only by the id.
        actor = name if known is None else known.id
        note(journal, common.directory, Action.READ_AUDIT, (actor,), "operator")
        _show(common, islice(entries(journal, actor=actor), limit))


def since(
    time: Annotated[str, Parameter(help="2026-11-28, 2026-11-28T04:00, or 30m, 12h, 7d ago.")],
    /,
    *,
    limit: Limit = 1000,
    common: Common = DEFAULT,
) -> None:
    """List everything since TIME: `2026-11-28`, `2026-11-28T04:00`, or `30m`, `12h`, `7d` ago."""
    from store.audit.entry import EVERYBODY, Action
    from store.audit.search import entries

    with journal_of(common.directory) as journal:
        begin = _instant(time, journal.now_us())
        note(journal, common.directory, Action.READ_AUDIT, (EVERYBODY,), f"since {rfc3339(begin)}")
        _show(common, islice(entries(journal, since=begin), limit))


def verify(*, common: Common = DEFAULT) -> int:
    """Verify the audit; exit 1 with the places of altered entries, 3 if only the head of a chain is lost.
    Without the head, a cut at the end of the chain cannot be excluded.
    """
    from store.audit.trail import Trail, verify_audit

    with journal_of(common.directory) as journal:
        found = verify_audit(journal, Trail(common.directory.keys))
    if common.json:
        problems = [{**msgspec.to_builtins(one), "says": str(one)} for one in found.problems]
        common.data(
            {
                "chains": found.chains,
                "elsewhere": found.elsewhere,
                "on_disk": found.on_disk,
                "problems": problems,
            }
        )
        return _exit(found)
    for problem in found.problems:
        common.print_line(str(problem))
    for chain in found.chains:
        lost = "as written, its head is lost" if chain.problems else "as written"
        common.print_line(f"{chain.chain}: {chain.entries} entries: {'DAMAGED' if chain.altered else lost}")
    for name in found.elsewhere:
        common.print_line(f"{name}: not verified: its key is on that node; run the command there")
    for name in found.on_disk:
        common.print_line(
            f"{name}: not verified: the journal continues in memory; repeat when the disk works again"
        )
    return _exit(found)


def _exit(found: AuditVerification) -> int:
    if found.altered:
        return 1
    return HEAD_LOST if found.problems else 0


def _show(common: Common, found: Iterable[Entry]) -> None:
    rows = [
        Row(
            at=rfc3339(one.at),
            actor=one.said.actor,
            origin=one.said.origin,
            action=one.said.action,
            subjects=one.said.subjects,
            detail=one.said.detail,
            chain=one.chain,
            number=one.number,
        )
        for one in found
    ]
    if common.json:
        common.data(rows)
        return
    common.table(
        ("at", "who", "from", "what", "of", ""),
        [
            (
                row.at,
                row.actor,
                row.origin,
                row.action,
                " ".join(row.subjects),
                row.detail + (" (in memory, while the disk failed)" if "~" in row.chain else ""),
            )
            for row in rows
        ],
        "no entry",
    )


def _instant(text: str, now_us: Instant) -> Instant:
    ago = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if ago is not None:
        unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[ago[2]]
        return Instant(now_us - round(timedelta(**{unit: int(ago[1])}).total_seconds()) * SECOND)
    try:
        return Instant(round(datetime.fromisoformat(text).astimezone().timestamp() * SECOND))
    except ValueError as error:
        raise UsageError(
            f"{text} is not a time: give 2026-11-28, 2026-11-28T04:00, or 12h, 7d ago"
        ) from error
