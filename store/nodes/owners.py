"""Ownership of alerts over one process's journal, if several nodes share the database: read it and take
alerts.

An open alert without a valid lease is unassigned, and any member may take it. Two nodes that try at once get
different alerts: they take them under the journal's write lock. `store.nodes.leases` describes a lease.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, bindparam, func, select, update

from messages.ids import AlertId, NodeId
from store.database.query import Query
from store.database.schema import lease, member, open_alert
from store.journal.journal import Journal, Transaction
from store.nodes import leases
from store.nodes.leases import BY_TERM

_l, _m = lease.c, member.c
_HELD = lease.join(member, BY_TERM)

_OWNED: Final = Query(
    select(_l.alert, _l.epoch).select_from(_HELD).where(_l.node == bindparam("whose")), "whose"
)
_COUNTS: Final = Query(select(_l.node, func.count()).select_from(_HELD).group_by(_l.node))
_ORPHANS: Final = Query(
    select(open_alert.c.alert, _l.epoch)
    .select_from(
        open_alert.outerjoin(lease, _l.alert == open_alert.c.alert).outerjoin(
            member, and_(BY_TERM, _m.until_us > bindparam("now"))
        )
    )
    .where(_m.node.is_(None))
    .order_by(open_alert.c.seq)
    .limit(bindparam("most")),
    "now",
    "most",
)
_TAKE: Final = Query(
    update(lease)
    .where(_l.alert == bindparam("which"))
    .values(node=bindparam("whose"), term=bindparam("mine"), epoch=_l.epoch + 1),
    "whose",
    "mine",
    "which",
)


def lease_left_us(journal: Journal, alert: AlertId, node: NodeId) -> int:
    """Return the time, in microseconds, for which this node surely keeps the alert without contact to the
    others; 0 if it has no valid lease. Raises JournalError if the database cannot be read.
    """
    return journal.transact(lambda on: leases.lease_left_us(on, alert, node), beside=True)


def owned_alerts(journal: Journal, node: NodeId) -> dict[AlertId, int]:
    """Return the alerts of this node by its latest term, each with its epoch. Raises JournalError."""
    return {AlertId(alert): int(epoch) for alert, epoch in journal.rows(_OWNED, node)}


def alerts_per_node(journal: Journal) -> dict[NodeId, int]:
    """Return the number of alerts of each node. Raises JournalError."""
    return {NodeId(node): int(count) for node, count in journal.rows(_COUNTS)}


def has_unassigned_alerts(journal: Journal) -> bool:
    """Return True if any open alert is unassigned. Raises JournalError."""
    return journal.transact(lambda on: on.one(_ORPHANS, on.database_us, 1), beside=True) is not None


def claim_alerts(journal: Journal, node: NodeId, most: int) -> list[AlertId]:
    """Take unassigned open alerts, oldest first, `most` at most; none if no member. Raises JournalError."""

    def work(transaction: Transaction) -> list[AlertId]:
        term = leases.current_term(transaction, node)
        if term is None:
            return []
        taken: list[AlertId] = []
        for alert, epoch in transaction.all(_ORPHANS, transaction.database_us, most):
            if epoch is None:
                leases.add_lease(transaction, AlertId(alert), node, term)
            else:
                transaction.write(_TAKE, node, term, alert)
            taken.append(AlertId(alert))
        return taken

    return journal.transact(work)


def reassign_alert(journal: Journal, alert: AlertId, whose: NodeId, to: NodeId) -> bool:
    """Assign an own alert to another member. Return False if this node does not own the alert, or `to` is no
    member now. Raises JournalError.
    """

    def work(transaction: Transaction) -> bool:
        term = leases.current_term(transaction, to)
        if term is None or leases.epoch_of(transaction, alert, whose) is None:
            return False
        return transaction.write(_TAKE, to, term, alert) == 1

    return journal.transact(work)
