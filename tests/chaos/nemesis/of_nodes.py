"""Faults of one of several nodes, and of the database that they share, by the names of the storms."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import closing, suppress

from messages.ids import NodeId, NodeOrder
from store.errors import ChangedMeanwhile, JournalError
from store.nodes.orders import set_order
from tests.chaos.nemesis.center import StruckCenter
from tests.chaos.nemesis.deeds import Node
from tests.chaos.nemesis.done import Done
from tests.chaos.nemesis.world import World, lines_of
from tests.nodes.storms import What
from tests.support.networks import Network
from tests.support.postgres import PostgresServer
from tests.waiting import comes_true

TAKEN_BACK_WITHIN_S = 60.0


class NodeFaults:
    """See the module. One at a time of the same node, or of the database: each is mended before the next."""

    def __init__(self, world: World, done: Done, *, healed: threading.Event) -> None:
        self._world, self._done, self._healed = world, done, healed
        self._busy: dict[str, threading.Lock] = {node.name: threading.Lock() for node in world.nodes}
        self._busy[str(What.DATABASE)] = threading.Lock()

    def strike(self, deed: Node) -> None:
        """For a while; nothing where there is one node."""
        network, database = self._world.network, self._world.database
        if network is None or database is None:
            return
        node = self._world.nodes[deed.node]
        other = self._world.nodes[1 - deed.node]
        whose = str(What.DATABASE) if deed.what is What.DATABASE else node.name
        with self._busy[whose]:
            if self._healed.is_set():
                return
            self._done.say(f"{deed.what} {whose} for {deed.for_s} s")
            mend = self._do(deed.what, node, other, network, database)
            self._healed.wait(deed.for_s)
            mend()

    def _do(
        self, what: What, node: StruckCenter, other: StruckCenter, network: Network, database: PostgresServer
    ) -> Callable[[], object]:
        """Do it; how it is mended."""
        match what:
            case What.LOSE:
                self._plug(node, "unplug")
                node.end_whole("kill", 0.0)
                return lambda: self._plug(node, "plug")
            case What.KILL:
                node.end_whole("kill", 0.0)
                return lambda: None
            case What.FREEZE:
                node.signal_all(signal.SIGSTOP)
                return lambda: node.signal_all(signal.SIGCONT)
            case What.CUT:
                network.cut(node.name)
                return lambda: network.mend(node.name)
            case What.DRAIN:
                self._order(node, None, NodeOrder.DRAIN)
                return lambda: comes_true(
                    lambda: self._order(node, NodeOrder.DRAIN, None), within_s=TAKEN_BACK_WITHIN_S
                )
            case What.DATABASE:
                database.crash()
                return database.start
            case What.DEAF | What.DATABASE_DEAF:
                network.lose(node.name, source=_host(other) if what is What.DEAF else database.address)
            case What.MUTE | What.DATABASE_MUTE:
                network.lose(node.name, to=_host(other) if what is What.MUTE else database.address)
        return lambda: network.lose(node.name)

    def _plug(self, node: StruckCenter, verb: str) -> None:
        for line in lines_of(node.name):
            self._world.center.carrier.post(f"/modems/{line}/{verb}")

    def _order(self, node: StruckCenter, was: NodeOrder | None, now: NodeOrder | None) -> bool:
        """Whether it could be ordered, or is over already: a start ends an order."""
        by = self._world.operators[-1]
        with suppress(JournalError), closing(self._world.center.open_journal()) as journal:
            with suppress(ChangedMeanwhile):
                journal.transact(lambda tx: set_order(tx, NodeId(node.name), was, now, by))
            return True
        return False


def _host(node: StruckCenter) -> str:
    return node.address.removeprefix("http://").partition(":")[0]
