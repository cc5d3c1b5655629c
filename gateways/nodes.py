"""The nodes that share the journal, as seen by the web of one node.

Data shown continuously come from `run/peers.msgpack`, which costs no query. The database alone knows the
members at this moment; callers that must be sure query the database. A center of one node has no other nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import SECOND, NodeId, OperatorId
from messages.operators import OperatorVoice
from model.settings.lines import Modem
from runtime.environment import DRAINING
from runtime.published import own_voices
from runtime.published.peers import NodeInfo, PeerBook
from store.journal.journal import Journal
from store.nodes import members, owners


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """State of a node, as shown to the console and to apps."""

    node: NodeId
    web: str
    """Address for browsers and apps, `https://…`; empty if the node has published none."""
    alive: bool
    """True if the node takes part."""
    draining: bool
    """True if the node takes no new alerts and ends once the last alert is closed."""
    left: bool = False
    """True for a node that takes no part and was stopped in order."""


class ClusterState(msgspec.Struct, frozen=True, kw_only=True):
    """State of the nodes in the database at this moment."""

    member: bool
    """True if this node is a member."""
    age_s: float | None
    """Seconds since the membership of this node was renewed; None if the node is no member or has left."""
    states: dict[str, int]
    """Number of nodes by state: `alive`, `draining`, `left` and `lost`."""
    owned: dict[NodeId, int]
    """Number of alerts assigned to each node."""


STATES: Final = ("alive", "draining", "left", "lost")


class Nodes:
    """This node and the other nodes."""

    def __init__(self, node: NodeId, web: str, run: Path, peers: PeerBook) -> None:
        self.node: Final = node
        self.shared: Final = not peers.alone
        """True if the center can have other nodes."""
        self._web = web
        self._run = run
        self._peers = peers

    @property
    def other_nodes(self) -> tuple[NodeInfo, ...]:
        """All present and former members except this node, sorted by name, as they described themselves."""
        return tuple(sorted((*self._peers.places, *self._peers.away), key=lambda place: place.node))

    def views(self) -> tuple[NodeView, ...]:
        """Return all nodes, this node first."""
        alive = self.alive
        me = NodeView(
            node=self.node, web=self._web, alive=self.node in alive, draining=(self._run / DRAINING).exists()
        )
        others = (
            NodeView(
                node=place.node,
                web=place.web,
                alive=place.node in alive,
                draining=place.draining,
                left=place.left,
            )
            for place in self.other_nodes
        )
        return (me, *others)

    @property
    def alive(self) -> frozenset[NodeId]:
        """The nodes that take part, as far as this node knows."""
        me = (self.node,) if self._peers.alone or self._peers.alive else ()
        return frozenset((*me, *(place.node for place in self._peers.places)))

    @property
    def settled(self) -> bool:
        """True if a node that is not alive may be treated as lost."""
        return self._peers.settled and self._peers.alive

    def voices(self, here: Mapping[OperatorId, OperatorVoice]) -> dict[OperatorId, OperatorVoice]:
        """Return the state of the operators' own lines at all nodes; `here` has the lines of this node."""
        return own_voices.voices_for_display(here, self._peers.places)

    def addresses(self) -> tuple[str, ...]:
        """Return the addresses that an app may use, in the order to try: this node, nodes that take alerts,
        the others. Empty if the center has one node.
        """
        if not self.shared:
            return ()
        me, *others = self.views()
        best = sorted(others, key=lambda one: (not one.alive, one.draining))
        return tuple(dict.fromkeys(one.web for one in (me, *best) if one.web))

    def lines_with(self, own: Sequence[Modem]) -> tuple[Modem, ...]:
        """Return `own`, the lines of this node, and the lines of the other members."""
        return self._peers.lines_with(own)

    def lines_elsewhere(self) -> tuple[Modem, ...]:
        """Return the configured lines of the other nodes, including nodes that are lost."""
        return tuple(line for place in self.other_nodes for line in place.lines)

    def elsewhere(self) -> tuple[str, ...]:
        """Return the addresses of the other nodes, sorted. Pages of this node may send requests to these
        nodes, and their pages to this node.
        """
        return tuple(
            sorted({place.web for place in self.other_nodes if place.web and place.web != self._web})
        )


def standing(journal: Journal, me: NodeId) -> ClusterState:
    """Return the state of the nodes from the database. Raises JournalError."""
    seen = members.members(journal)
    states = dict.fromkeys(STATES, 0)
    for one in seen:
        states["draining" if one.alive and one.draining else "alive" if one.alive else _gone(one.left)] += 1
    own = next((one for one in seen if one.node == me), None)
    return ClusterState(
        member=own is not None and own.alive,
        age_s=None if own is None or own.left else own.age_us / SECOND,
        states=states,
        owned={one.node: 0 for one in seen} | owners.alerts_per_node(journal),
    )


def _gone(left: bool) -> str:
    return "left" if left else "lost"
