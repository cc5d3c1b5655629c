"""Search of the audit by person, actor and time. Entries are read in pages, newest first.

The entries of a person are those that name the person or an alert of the person's numbers and devices, and
those about everybody. Subjects have no index: it would be larger than the audit, for about one search a
month.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Set
from typing import Final, Protocol

import msgspec
from sqlalchemy import bindparam, select

from messages.ids import E164, Instant, UserId
from store.audit import table
from store.audit.entry import EVERYBODY, Entry
from store.database.query import Query
from store.database.schema import alert_key
from store.errors import NumberRefused
from store.journal import erasable, history
from store.journal.journal import Journal
from store.registry import numbers
from store.registry.people import User
from store.registry.users.merged import other_ids

_IDENTIFIED: Final = Query(
    select(alert_key.c.alert).where(alert_key.c.person == bindparam("person")), "person"
)
_EVER: Final = Instant(0)
EXAMINED_MAX: Final = 100_000
"""Number of entries that one page request examines."""


class Users(Protocol):
    """Part of the registry that the search needs. Raises StoreError."""

    def user(self, user: UserId) -> User | None: ...
    def user_by_phone(self, phone: E164) -> User | None: ...
    def user_by_device(self, device: str) -> User | None: ...


class PagePosition(msgspec.Struct, frozen=True, array_like=True):
    """Position at which a page has ended: the next page continues before it."""

    at: Instant
    chain: str
    number: int


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, newest first. `before`: position of the next page; None at the end."""

    entries: list[Entry]
    before: PagePosition | None


def ids_of(journal: Journal, users: Users, who: str, region: str) -> frozenset[str]:
    """Return the subjects by which entries name this person, found by number, device or id. For a person who
    is not in the registry these are the given id, or the alerts of the given number. Raises JournalError.
    """
    user = users.user(UserId(who)) or users.user_by_device(who)
    phone: E164 | None = None
    if user is None:
        try:
            phone = numbers.normalised(who, region)
        except NumberRefused:
            pass
        else:
            user = users.user_by_phone(phone)
    known = who if user is None else user.id
    phones, devices = ([phone], []) if user is None else (user.phones, user.devices)
    named = history.alerts_of_streams(journal, erasable.streams_of(journal.row, phones, devices))
    # Include the alerts of an erased person.
    identified = (str(row[0]) for row in journal.rows(_IDENTIFIED, known))
    others = other_ids(journal.rows, UserId(known))
    return frozenset((EVERYBODY, known, *others, *named, *identified))


def entries(
    journal: Journal,
    *,
    since: Instant = _EVER,
    actor: str = "",
    subjects: Set[str] | None = None,
    before: PagePosition | None = None,
) -> Iterator[Entry]:
    """Yield all matching entries, newest first. Raises JournalError."""
    start = table.END if before is None else (before.at, before.chain, before.number)
    found = table.newest(journal, since=since, actor=actor, before=start)
    return (one for one in found if subjects is None or not subjects.isdisjoint(one.said.subjects))


def page(
    journal: Journal,
    *,
    since: Instant,
    actor: str,
    subjects: Set[str] | None,
    before: PagePosition | None,
    limit: int,
) -> AuditPage:
    """Return at most `limit` matching entries among the EXAMINED_MAX examined ones. Raises JournalError."""
    start = table.END if before is None else (before.at, before.chain, before.number)
    found: list[Entry] = []
    last: Entry | None = None
    examined = 0
    for last in itertools.islice(table.newest(journal, since=since, actor=actor, before=start), EXAMINED_MAX):
        examined += 1
        if subjects is None or not subjects.isdisjoint(last.said.subjects):
            found.append(last)
            if len(found) == limit:
                break
    more = last is not None and (len(found) == limit or examined == EXAMINED_MAX)
    return AuditPage(
        entries=found, before=PagePosition(last.at, last.chain, last.number) if last and more else None
    )
