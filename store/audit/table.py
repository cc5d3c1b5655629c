"""Table of the audit: entries are appended at the end of a chain, and deleted only from its beginning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import bindparam, delete, desc, func, insert, select, tuple_

from messages.ids import Instant
from store.audit.entry import Action, ChainHead, Entry, EntryContent
from store.database.query import Query, Row
from store.database.schema import audit
from store.journal.journal import Journal, Transaction

PAGE: Final = 1000

_a = audit.c
_HEAD: Final = Query(
    select(_a.number, _a.mac).where(_a.chain == bindparam("c")).order_by(desc(_a.number)).limit(1), "c"
)
_NEWEST_CHAIN: Final = Query(select(_a.chain).order_by(desc(_a.at_us), desc(_a.number)).limit(1))
_ADD: Final = Query(insert(audit), *(column.name for column in audit.columns))
_CHAINS: Final = Query(select(_a.chain, func.count()).group_by(_a.chain).order_by(_a.chain))
_OF_CHAIN: Final = Query(
    select(audit)
    .where(_a.chain == bindparam("c"), _a.number > bindparam("after"))
    .order_by(_a.number)
    .limit(PAGE),
    "c",
    "after",
)
_PRUNED: Final = Query(select(audit).where(_a.action == Action.PRUNED.value))
_PAGE_BEFORE = (
    select(audit)
    .where(
        _a.at_us >= bindparam("since"),
        tuple_(_a.at_us, _a.chain, _a.number) < tuple_(bindparam("at"), bindparam("c"), bindparam("n")),
    )
    .order_by(desc(_a.at_us), desc(_a.chain), desc(_a.number))
    .limit(PAGE)
)
_NEWEST: Final = Query(_PAGE_BEFORE, "since", "at", "c", "n")
_NEWEST_OF: Final = Query(_PAGE_BEFORE.where(_a.actor == bindparam("who")), "since", "at", "c", "n", "who")
_OLD: Final = Query(
    select(audit)
    .where(_a.chain == bindparam("c"), _a.at_us < bindparam("before"))
    .order_by(_a.number)
    .limit(PAGE),
    "c",
    "before",
)
_DROP: Final = Query(delete(audit).where(_a.chain == bindparam("c"), _a.number == bindparam("n")), "c", "n")
END: Final = (Instant(2**62), "", 0)
"""Position behind all entries."""


def head(tx: Transaction, chain: str) -> ChainHead:
    """Return the end of the chain in the database; an empty head for a new chain."""
    row = tx.one(_HEAD, chain)
    return ChainHead() if row is None else ChainHead(int(row[0]), bytes(row[1]))


def chain_in_memory(tx: Transaction) -> str | None:
    """Return the chain of this fallback journal in memory, which has no other; None if it has no entry."""
    row = tx.one(_NEWEST_CHAIN)
    return None if row is None else str(row[0])


def add(tx: Transaction, entry: Entry) -> None:
    """Insert the entry, also while the journal is not durable: it is written when the disk is back."""
    said = entry.said
    tx.write_nondurable(
        _ADD,
        entry.chain,
        entry.number,
        entry.at,
        said.actor,
        said.origin,
        str(said.action),
        " ".join(said.subjects),
        said.detail,
        entry.mac,
    )


def chains(journal: Journal) -> dict[str, int]:
    """Return the existing chains with their numbers of entries. Raises JournalError."""
    return {str(row[0]): int(row[1]) for row in journal.rows(_CHAINS)}


def of_chain(journal: Journal, chain: str) -> Iterator[Entry]:
    """Yield the entries of the chain by number. Raises JournalError."""
    after = 0
    while rows := journal.rows(_OF_CHAIN, chain, after):
        yield from map(_entry, rows)
        after = int(rows[-1][1])


def prunings(journal: Journal) -> list[Entry]:
    """Return the entries about pruned ones. Raises JournalError."""
    return [_entry(row) for row in journal.rows(_PRUNED)]


def newest(
    journal: Journal, *, since: Instant, actor: str = "", before: tuple[Instant, str, int] = END
) -> Iterator[Entry]:
    """Yield the entries, newest first, of one actor or of all. Raises JournalError."""
    at, chain, number = before
    query, who = (_NEWEST_OF, (actor,)) if actor else (_NEWEST, ())
    while rows := journal.rows(query, since, at, chain, number, *who):
        yield from map(_entry, rows)
        at, chain, number = Instant(rows[-1][2]), str(rows[-1][0]), int(rows[-1][1])


def old(tx: Transaction, chain: str, before: Instant) -> list[Entry]:
    """Return the first entries of the chain that are older than `before`, at most a page, without gaps."""
    found: list[Entry] = []
    for entry in map(_entry, tx.all(_OLD, chain, before)):
        if found and entry.number != found[-1].number + 1:
            break
        found.append(entry)
    return found


def drop(tx: Transaction, entries: list[Entry]) -> None:
    """Delete the entries, the first one first."""
    tx.write_rows(_DROP, [(entry.chain, entry.number) for entry in entries])


def _entry(row: Row) -> Entry:
    chain, number, at_us, actor, origin, action, subjects, detail, mac = row
    said = EntryContent(
        actor=actor,
        origin=origin,
        action=action,
        subjects=tuple(subjects.split(" ")) if subjects else (),
        detail=detail,
    )
    # SQLite keeps any type: a value that was changed by hand may be of another type.
    proof = b"" if isinstance(mac, str) else bytes(mac)
    return Entry(chain=chain, number=int(number), at=Instant(at_us), said=said, mac=proof)
