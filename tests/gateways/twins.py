"""Two nodes with one journal in PostgreSQL: a place for a web each, and what the Memberships do for both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from actors.membership.actor import peers_of
from messages.ids import NodeId, TrunkId
from messages.operators import OperatorVoice
from model.membership import RENEW_US
from model.settings import Settings
from model.settings.lines import Modem
from runtime.published.peers import FilePeers, encode_place
from runtime.published.peers import NodeInfo as Told
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.nodes import members
from tests.gateways.http.place import CLOCK, Place
from tests.store.databases import new_database
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer
from tests.waiting import wait_until

A, B = NodeId("a"), NodeId("b")
LINES = {A: ("L1", "E1"), B: ("L7", "E7")}


class Twins:
    """`first` and `second`, each with the address at which its web will be: nobody listens there yet."""

    def __init__(self, folder: Path, database: str, settings: Settings) -> None:
        self.ports = [free_port(), free_port()]
        made = Place.make(folder / "made", settings, database=database)
        self.first, self.second = (made.beside(folder / node, node) for node in (A, B))
        for place, port in zip((self.first, self.second), self.ports, strict=True):
            lines = tuple(
                Modem(name=name, trunk=TrunkId("public"), emergency=name.startswith("E"))
                for name in LINES[place.node]
            )
            place.changes = {"cluster.web": f"http://127.0.0.1:{port}", "modem": lines, "port": port}
        self._books = {place.node: FilePeers(place.state / "run") for place in (self.first, self.second)}
        self._journal = Journal.open(
            database, node=NodeId("keeper"), clock=CLOCK.now_us, notify=LocalNotifier(), shared=True
        )
        self._lost: set[NodeId] = set()
        self._terms: dict[NodeId, int] = {}
        self._voices: dict[NodeId, tuple[OperatorVoice, ...]] = {}
        self._places = {place.node: place for place in (self.first, self.second)}
        for place in self._places.values():
            self._join(place)
        self._look()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep)
        self._thread.start()

    def web(self, place: Place) -> str:
        """The address of a node's web."""
        return str(place.changes["cluster.web"])

    def lose(self, place: Place) -> None:
        """It renews its membership no more; return when it has ended, and the other one knows."""
        self._lost.add(place.node)
        book = FilePeers((self.second if place is self.first else self.first).state / "run")
        wait_until(lambda: place.node in [one.node for one in book.away], what="a node lost")

    def voices(self, place: Place, *voices: OperatorVoice) -> None:
        """These operators' own stand at this node."""
        self._voices[place.node] = voices
        self._say(place, self._terms[place.node])

    def _join(self, place: Place) -> None:
        term = members.join_cluster(self._journal, place.node, f"10.0.0.{1 + list(LINES).index(place.node)}")
        self._say(place, term)
        self._terms[place.node] = term

    def _say(self, place: Place, term: int) -> None:
        lines, voices = place.settings().center.lines, self._voices.get(place.node, ())
        told = Told(node=place.node, address="10.0.0.1", web=self.web(place), lines=lines, voices=voices)
        members.publish_places(self._journal, place.node, term, encode_place(told), draining=False)

    def _keep(self) -> None:
        while not self._ended.wait(RENEW_US / 1_000_000):
            self._look()

    def _look(self) -> None:
        for node, place in self._places.items():
            # A machine that stands still for longer than a membership lasts ends it: one joins anew then.
            if node not in self._lost and not members.renew_membership(
                self._journal, node, self._terms[node]
            ):
                self._join(place)
        seen = members.members(self._journal)
        for node, book in self._books.items():
            if node not in self._lost:
                book.publish(peers_of(seen, node, settled=True, alive=True))

    def stop(self) -> None:
        """Leave nothing running."""
        self._ended.set()
        self._thread.join()
        self._journal.close()


@contextmanager
def twins(folder: Path, server: PostgresServer, settings: Settings) -> Iterator[Twins]:
    """Both, in a database of their own."""
    made = Twins(folder, new_database(server).url, settings)
    try:
        yield made
    finally:
        made.stop()
