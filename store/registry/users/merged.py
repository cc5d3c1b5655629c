"""Ids of merged persons: the journal still contains each id, and each leads to the remaining person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from messages.events import PersonalDataChanged
from messages.ids import UserId
from store import streams
from store.database.query import Query, Row
from store.database.schema import merged
from store.journal.transaction import Append, Transaction

_m = merged.c
_KEPT: Final = Query(select(_m.kept).where(_m.person == bindparam("who")), "who")
_OTHERS: Final = Query(select(_m.person).where(_m.kept == bindparam("who")).order_by(_m.person), "who")
_FOLLOW: Final = Query(
    update(merged).where(_m.kept == bindparam("before")).values(kept=bindparam("now")), "now", "before"
)
_ADD: Final = Query(insert(merged), *merged.columns.keys())


def current_id(one: Callable[..., Row | None], user: UserId) -> UserId:
    """Return the person to whom this id leads now: usually the id itself. `one`: method of a connection or a
    transaction, or a journal's `row`. Raises JournalError.
    """
    row = one(_KEPT, user)
    return user if row is None else UserId(row[0])


def other_ids(rows: Callable[..., list[Row]], user: UserId) -> tuple[UserId, ...]:
    """Return the other ids that lead to this person. `rows`: `all` of a connection or a transaction, or a
    journal's `rows`. Raises JournalError.
    """
    return tuple(UserId(row[0]) for row in rows(_OTHERS, user))


def redirect(tx: Transaction, other: UserId, kept: UserId) -> None:
    """Let the id `other`, and all ids that led to it, lead to `kept`. Raises JournalNotDurable."""
    tx.write(_FOLLOW, kept, other)
    tx.write(_ADD, other, kept, tx.at_us)


def record_change(tx: Transaction, user: UserId, by: str, what: str) -> None:
    """Record a change of a person in the streams of all ids of this person."""
    told = (PersonalDataChanged(by=by, what=what),)
    tx.append(*(Append(streams.user(one), None, told) for one in (user, *other_ids(tx.all, user))))
