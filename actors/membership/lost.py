"""The alarm about a node that is away without having left. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from messages.ids import NodeId
from model.alarms import Key, Words, nothing_else
from model.membership import Member

ALARM: Final = "node.lost"
_TEXT: Final = (
    "Node {node} ({address}) is away: others have its alerts, and its lines cannot be used. Look at its "
    "power, its network, and its way to the database."
)


def lost_nodes(seen: Iterable[Member], me: NodeId, stands: Words) -> dict[Key, str]:
    """The nodes that are away and have not left; one that was struck from the list is none."""
    lost: dict[Key, str] = {
        (ALARM, one.node): _TEXT.format(node=one.node, address=one.address)
        for one in sorted(seen, key=lambda one: one.node)
        if one.node != me and not one.alive and not one.left
    }
    return nothing_else(lost, [key for key in stands if key[0] == ALARM])
