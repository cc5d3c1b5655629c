"""The alarm about a node that is away without having left. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from messages.events import AlarmCleared, AlarmRaised
from messages.ids import NodeId
from messages.journal import Recorded
from model.membership import Member

ALARM: Final = "node.lost"
_TEXT: Final = (
    "Node {node} ({address}) is away: others have its alerts, and its lines cannot be used. Look at its "
    "power, its network, and its way to the database."
)


def lost_of(seen: Iterable[Member], me: NodeId) -> dict[NodeId, str]:
    """The nodes that are away and have not left, each with its address."""
    return {one.node: one.address for one in seen if one.node != me and not one.alive and one.until_us > 0}


def to_be_said(lost: dict[NodeId, str], said: Collection[NodeId]) -> list[AlarmRaised | AlarmCleared]:
    """What has changed against the alarms that stand."""
    raised = [
        AlarmRaised(alarm=ALARM, subject=node, text=_TEXT.format(node=node, address=address))
        for node, address in sorted(lost.items())
        if node not in said
    ]
    cleared = [AlarmCleared(alarm=ALARM, subject=node) for node in sorted(said) if node not in lost]
    return [*raised, *cleared]


def said_before(recorded: Iterable[Recorded]) -> set[NodeId]:
    """The nodes about which an alarm of this node stands."""
    said: set[NodeId] = set()
    for one in recorded:
        match one.event:
            case AlarmRaised(alarm=alarm, subject=subject) if alarm == ALARM:
                said.add(NodeId(subject))
            case AlarmCleared(alarm=alarm, subject=subject) if alarm == ALARM:
                said.discard(NodeId(subject))
            case _:
                pass
    return said
