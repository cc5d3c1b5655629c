"""Ids of persons who were found to be one: the journal goes on naming each, and each leads to who is
there.
"""

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


def who_is_there(one: Callable[..., Row | None], user: UserId) -> UserId:
    """The person to whom this id leads now: for most the id itself. `one`: of a connection or a transaction,
    or a journal's `row`. Raises JournalError.
    """
    row = one(_KEPT, user)
    return user if row is None else UserId(row[0])


def other_ids(rows: Callable[..., list[Row]], user: UserId) -> tuple[UserId, ...]:
    """The ids that lead to this person, too. `rows`: `all` of a connection or a transaction, or a journal's
    `rows`. Raises JournalError.
    """
    return tuple(UserId(row[0]) for row in rows(_OTHERS, user))


def lead(tx: Transaction, other: UserId, kept: UserId) -> None:
    """From now on the one id, and all that led to it, lead to the other. Raises JournalNotDurable."""
    tx.write(_FOLLOW, kept, other)
    tx.write(_ADD, other, kept, tx.at_us)


def tell(tx: Transaction, user: UserId, by: str, what: str) -> None:
    """That something of a person was changed, by whichever id somebody looks at this person."""
    told = (PersonalDataChanged(by=by, what=what),)
    tx.append(*(Append(streams.user(one), None, told) for one in (user, *other_ids(tx.all, user))))
