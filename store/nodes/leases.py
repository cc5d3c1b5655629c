"""Which node has which alert, where several share one database.

A lease is one row: alert, node, the term of that node's membership, and an epoch that grows with each change
of owner. It holds as long as the node is a member by that very term; nobody has to renew it by itself, and no
clock but the database's is asked. It is made with the alert, checked in every append to the alert's story
(`Transaction.append`) and once more just before a modem dials, and goes when the alert is closed.

Here is what is done within a transaction; who has what, and taking it, is in `store.nodes.owners`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, delete, exists, insert, or_, select

from messages.ids import AlertId, NodeId
from store.database.query import Query
from store.database.schema import lease, member

if TYPE_CHECKING:
    from store.journal.transaction import Transaction

CASE: Final = "alert-"
"""How the streams begin that are one owner's alone (`store.streams.case`)."""

_l, _m = lease.c, member.c
BY_TERM: Final = and_(_m.node == _l.node, _m.term == _l.term)
"""Joins a lease with the membership by which it holds."""

_HOLDS: Final = Query(
    select(_l.epoch)
    .select_from(lease.join(member, BY_TERM))
    .where(_l.alert == bindparam("which"), _l.node == bindparam("whose"), _m.until_us > bindparam("now")),
    "which",
    "whose",
    "now",
)
_UNTIL: Final = Query(
    select(_m.until_us)
    .select_from(lease.join(member, BY_TERM))
    .where(_l.alert == bindparam("which"), _l.node == bindparam("whose"), _m.until_us > bindparam("now")),
    "which",
    "whose",
    "now",
)
_TERM: Final = Query(
    select(_m.term).where(_m.node == bindparam("whose"), _m.until_us > bindparam("now")), "whose", "now"
)
_other = member.alias("other")
_TAKER: Final = Query(
    select(_m.term).where(
        _m.node == bindparam("whose"),
        _m.until_us > bindparam("now"),
        or_(
            _m.draining.is_(False),
            ~exists().where(
                _other.c.until_us > bindparam("then"),
                _other.c.draining.is_(False),
                _other.c.node != bindparam("not_it"),
            ),
        ),
    ),
    "whose",
    "now",
    "then",
    "not_it",
)
_MORE_THAN: Final = Query(
    select(_l.alert)
    .select_from(lease.join(member, BY_TERM))
    .where(_l.node == bindparam("whose"))
    .limit(1)
    .offset(bindparam("most")),
    "whose",
    "most",
)
ADD: Final = Query(insert(lease), *(column.name for column in lease.columns))
_DROP: Final = Query(delete(lease).where(_l.alert == bindparam("which")), "which")


def term_of(transaction: Transaction, node: NodeId) -> int | None:
    """The term by which this node is a member now; none where it is not."""
    row = transaction.one(_TERM, node, transaction.database_us)
    return None if row is None else int(row[0])


def grant(transaction: Transaction, alert: AlertId, node: NodeId) -> None:
    """Give an alert to the node that has received or reopened it; to none yet where that is no member now, or
    is being drained and another one is there to take it: who looks next has it within a tenth of a second.
    """
    now_us = transaction.database_us
    row = transaction.one(_TAKER, node, now_us, now_us, node)
    if row is not None:
        add(transaction, alert, node, int(row[0]))


def add(transaction: Transaction, alert: AlertId, node: NodeId, term: int) -> None:
    """A lease where there is none. Of one that was reopened the epochs go on from where they were."""
    last = transaction.last(f"{CASE}{alert}")
    transaction.write(ADD, alert, node, term, 1 if last is None else last.epoch + 1)


def epoch_of(transaction: Transaction, alert: AlertId, node: NodeId) -> int | None:
    """The epoch of the lease that this node has of the alert; none where it does not hold."""
    row = transaction.one(_HOLDS, alert, node, transaction.database_us)
    return None if row is None else int(row[0])


def holds_for_us(transaction: Transaction, alert: AlertId, node: NodeId) -> int:
    """How long the membership still lasts by which this node has the alert; 0 where it has not."""
    now_us = transaction.database_us
    row = transaction.one(_UNTIL, alert, node, now_us)
    return 0 if row is None else int(row[0]) - now_us


def has_more_than(transaction: Transaction, node: NodeId, most: int) -> bool:
    """Whether this node has more alerts than so many by its latest term."""
    return transaction.one(_MORE_THAN, node, most) is not None


def drop(transaction: Transaction, alert: AlertId) -> None:
    """The alert is closed."""
    transaction.write(_DROP, alert)
