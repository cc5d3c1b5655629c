"""Leases: the node that owns an alert, if several nodes share one database.

A lease is one row: alert, node, term of that node's membership, and an epoch that grows with each change of
owner. The lease is valid as long as the node is a member by that very term; it needs no renewal of its own,
and only the database's clock counts. A lease is created with the alert and deleted when the alert is closed.
Every append to the alert's case stream checks the lease (`Transaction.append`), and so does a modem just
before dialling.

This module holds the operations within a transaction; reading and taking ownership is in
`store.nodes.owners`.
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
"""Prefix of the streams that only the owner of a lease may write (`store.streams.case`)."""

_l, _m = lease.c, member.c
BY_TERM: Final = and_(_m.node == _l.node, _m.term == _l.term)
"""Condition that joins a lease with the membership that makes it valid."""

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


def current_term(transaction: Transaction, node: NodeId) -> int | None:
    """Return the term of this node's present membership; None if it is no member."""
    row = transaction.one(_TERM, node, transaction.database_us)
    return None if row is None else int(row[0])


def grant_lease(transaction: Transaction, alert: AlertId, node: NodeId) -> None:
    """Assign an alert to the node that has received or reopened it.

    The alert stays unassigned if the node is no member now, or is being drained while another node can take
    the alert: that node takes it within a tenth of a second.
    """
    now_us = transaction.database_us
    row = transaction.one(_TAKER, node, now_us, now_us, node)
    if row is not None:
        add_lease(transaction, alert, node, int(row[0]))


def add_lease(transaction: Transaction, alert: AlertId, node: NodeId, term: int) -> None:
    """Create the lease of an alert without one. A reopened alert continues from its last epoch."""
    last = transaction.last(f"{CASE}{alert}")
    transaction.write(ADD, alert, node, term, 1 if last is None else last.epoch + 1)


def epoch_of(transaction: Transaction, alert: AlertId, node: NodeId) -> int | None:
    """Return the epoch of this node's valid lease on the alert; None if it has none."""
    row = transaction.one(_HOLDS, alert, node, transaction.database_us)
    return None if row is None else int(row[0])


def lease_left_us(transaction: Transaction, alert: AlertId, node: NodeId) -> int:
    """Return the time, in microseconds, for which this node's lease on the alert stays valid without renewal
    of the membership; 0 without a valid lease.
    """
    now_us = transaction.database_us
    row = transaction.one(_UNTIL, alert, node, now_us)
    return 0 if row is None else int(row[0]) - now_us


def has_more_than(transaction: Transaction, node: NodeId, most: int) -> bool:
    """Return True if this node has more than `most` alerts by its latest term."""
    return transaction.one(_MORE_THAN, node, most) is not None


def drop_lease(transaction: Transaction, alert: AlertId) -> None:
    """Delete the lease of an alert that is closed."""
    transaction.write(_DROP, alert)
