"""Orders to a node, in its stream: written by the web of any node, read by the node itself."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from messages.events import NodeOrdered, NodeOrderEnded
from messages.ids import NodeId, NodeOrder, OperatorId
from messages.journal import Recorded
from store import streams
from store.database.query import Query
from store.database.schema import open_alert
from store.errors import ChangedMeanwhile
from store.journal import rows
from store.journal.journal import Append, Journal, Transaction

_ENDS = ("node.started", "node.order_ended")
_OPEN = Query(select(func.count()).select_from(open_alert))


def order_of(journal: Journal, node: NodeId) -> Recorded | None:
    """Return the active order of the node, a NodeOrdered; None if there is none. Raises JournalError."""
    return _order(lambda kind: last_node_event(journal, node, kind))


def last_node_event(journal: Journal, node: NodeId, kind: str) -> Recorded | None:
    """Return the last event of a type in the node's stream; None if there is none. Raises JournalError."""
    return rows.first(journal.rows(rows.NEWEST_OF_TYPE, streams.node(node), kind))


def set_order(
    transaction: Transaction,
    node: NodeId,
    was: NodeOrder | None,
    now: NodeOrder | None,
    by: OperatorId,
) -> bool:
    """Give an order to the node, or withdraw it; return True if anything changed. `was`: order that the
    caller has read. Raises ChangedMeanwhile if another order is active.
    """
    stream = streams.node(node)
    found = _order(lambda kind: transaction.last_of_type(stream, kind))
    stands = kind_of(found)
    if stands is now:
        return False
    if stands is not was:
        raise ChangedMeanwhile("order", stands or "")
    event = NodeOrderEnded(by=by) if now is None else NodeOrdered(order=now, by=by)
    transaction.append(Append(stream, None, (event,)))
    return True


def kind_of(ordered: Recorded | None) -> NodeOrder | None:
    """Return the kind of the active order; None if there is none."""
    return ordered.event.order if ordered is not None and isinstance(ordered.event, NodeOrdered) else None


def open_alerts(journal: Journal) -> int:
    """Return the number of open alerts of all nodes. Raises JournalError."""
    row = journal.row(_OPEN)
    return 0 if row is None else int(row[0])


def _order(newest_of: Callable[[str], Recorded | None]) -> Recorded | None:
    ordered = newest_of("node.ordered")
    ended = (newest_of(kind) for kind in _ENDS)
    if ordered is None or any(one is not None and one.version > ordered.version for one in ended):
        return None
    return ordered
