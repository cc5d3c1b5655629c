"""The nodes that share the journal, as the web of one of them knows them.

What is shown all the time comes from `run/peers.msgpack`, which costs no question; who is a member at this
moment the database alone knows, and it is asked by whoever has to be sure. A node that is alone knows of
itself alone.
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
from runtime.published.peers import PeerBook, Place
from store.journal.journal import Journal
from store.nodes import members, owners


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """One node."""

    node: NodeId
    web: str
    """Where browsers and apps reach it, `https://…`; empty where it has not been told."""
    alive: bool
    """Whether it takes part."""
    draining: bool
    """Whether it takes no new alerts, and ends when it has none."""
    left: bool = False
    """Of one that takes no part: whether it was stopped in order."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the nodes stand by the database at this moment."""

    member: bool
    """Whether this node is one of them."""
    age_s: float | None
    """How long ago this node's membership was renewed; none where it never was."""
    states: dict[str, int]
    """How many are `alive`, `draining`, `left` and `lost`."""
    owned: dict[NodeId, int]
    """How many alerts each has."""


STATES: Final = ("alive", "draining", "left", "lost")


class Nodes:
    """This node and the others."""

    def __init__(self, node: NodeId, web: str, run: Path, peers: PeerBook) -> None:
        self.node: Final = node
        self.shared: Final = not peers.alone
        """Whether there can be others."""
        self._web = web
        self._run = run
        self._peers = peers

    @property
    def other_nodes(self) -> tuple[Place, ...]:
        """All that are or were members, by name, as they have described themselves."""
        return tuple(sorted((*self._peers.places, *self._peers.away), key=lambda place: place.node))

    def views(self) -> tuple[NodeView, ...]:
        """All of them, this one first."""
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
        """Those that take part, as far as it is known here."""
        me = (self.node,) if self._peers.alone or self._peers.alive else ()
        return frozenset((*me, *(place.node for place in self._peers.places)))

    @property
    def settled(self) -> bool:
        """Whether one that is not alive is to be taken for gone."""
        return self._peers.settled and self._peers.alive

    def voices(self, here: Mapping[OperatorId, OperatorVoice]) -> dict[OperatorId, OperatorVoice]:
        """How the operators' own lines are, at whichever node; `here` those at this one."""
        return own_voices.known(here, self._peers.places)

    def addresses(self) -> tuple[str, ...]:
        """Where an app may ask, in the order in which to try: here, those that take alerts, the others."""
        if not self.shared:
            return ()
        me, *others = self.views()
        best = sorted(others, key=lambda one: (not one.alive, one.draining))
        return tuple(dict.fromkeys(one.web for one in (me, *best) if one.web))

    def lines_with(self, own: Sequence[Modem]) -> tuple[Modem, ...]:
        """These of this node, and those of the other members."""
        return self._peers.lines_with(own)

    def lines_elsewhere(self) -> tuple[Modem, ...]:
        """The lines of the other nodes, as they were configured, those of nodes that are lost too."""
        return tuple(line for place in self.other_nodes for line in place.lines)

    def elsewhere(self) -> tuple[str, ...]:
        """The other nodes' addresses, sorted: a page of this node may ask them, and theirs this one."""
        return tuple(
            sorted({place.web for place in self.other_nodes if place.web and place.web != self._web})
        )


def standing(journal: Journal, me: NodeId) -> Standing:
    """Ask the database. Raises JournalError."""
    seen = members.members(journal)
    states = dict.fromkeys(STATES, 0)
    for one in seen:
        states["draining" if one.alive and one.draining else "alive" if one.alive else _gone(one.left)] += 1
    own = next((one for one in seen if one.node == me), None)
    return Standing(
        member=own is not None and own.alive,
        age_s=None if own is None or own.left else own.age_us / SECOND,
        states=states,
        owned={one.node: 0 for one in seen} | owners.counts(journal),
    )


def _gone(left: bool) -> str:
    return "left" if left else "lost"
