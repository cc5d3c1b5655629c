"""Who has which alert, and taking what nobody has: over one process's journal, where several nodes share it.

An open alert whose lease does not hold is anybody's who can take it. Of two that try, each gets others: it is
done under the journal's write lock. What a lease is stands in `store.nodes.leases`.
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


def holds_for_us(journal: Journal, alert: AlertId, node: NodeId) -> int:
    """How long from now on this node has the alert for certain, were it not heard any more; 0 where it has
    not. Raises JournalError where nobody can be asked.
    """
    return journal.transact(lambda on: leases.holds_for_us(on, alert, node), beside=True)


def owned(journal: Journal, node: NodeId) -> dict[AlertId, int]:
    """The alerts of this node by its latest term, each with its epoch. Raises JournalError."""
    return {AlertId(alert): int(epoch) for alert, epoch in journal.rows(_OWNED, node)}


def counts(journal: Journal) -> dict[NodeId, int]:
    """How many alerts each node has. Raises JournalError."""
    return {NodeId(node): int(count) for node, count in journal.rows(_COUNTS)}


def orphans(journal: Journal) -> bool:
    """Whether there is an open alert that nobody has. Raises JournalError."""
    return journal.transact(lambda on: on.one(_ORPHANS, on.database_us, 1), beside=True) is not None


def claim(journal: Journal, node: NodeId, most: int) -> list[AlertId]:
    """Take open alerts that nobody has, the oldest first, at most so many; none where this is no member.

    Raises JournalError.
    """

    def work(transaction: Transaction) -> list[AlertId]:
        term = leases.term_of(transaction, node)
        if term is None:
            return []
        taken: list[AlertId] = []
        for alert, epoch in transaction.all(_ORPHANS, transaction.database_us, most):
            if epoch is None:
                leases.add(transaction, AlertId(alert), node, term)
            else:
                transaction.write(_TAKE, node, term, alert)
            taken.append(AlertId(alert))
        return taken

    return journal.transact(work)


def hand_on(journal: Journal, alert: AlertId, whose: NodeId, to: NodeId) -> bool:
    """Give one's alert to another member; False where it is not one's own, or that is no member now.

    Raises JournalError.
    """

    def work(transaction: Transaction) -> bool:
        term = leases.term_of(transaction, to)
        if term is None or leases.epoch_of(transaction, alert, whose) is None:
            return False
        return transaction.write(_TAKE, to, term, alert) == 1

    return journal.transact(work)
