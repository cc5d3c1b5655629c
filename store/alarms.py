"""The node's own stream, where alarms are raised and cleared."""

from __future__ import annotations

from messages.ids import NodeId
from messages.journal import Recorded
from store import streams
from store.journal import rows
from store.journal.journal import Journal


def since_started(journal: Journal, node: NodeId) -> list[Recorded]:
    """What the node has written since its last start: with it the alarms of its earlier life are over."""
    stream = streams.node(node)
    started = rows.first_known(journal.rows(rows.NEWEST_OF_TYPE, stream, "node.started"))
    return journal.read(stream, 0 if started is None else started.version)
