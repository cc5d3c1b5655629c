"""Other nodes of a cluster: addresses of their actors, and their lines.

This node's Membership alone writes the file, whole and atomically, from what the other nodes publish in the
shared database. Every actor that needs an actor of another node reads the file. A lookup finds present
members only; an actor that is not found is not waited for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from messages.base import MALFORMED, VoicePort
from messages.ids import LineId, NodeId, Role
from messages.operators import OperatorVoice
from model.settings.lines import Modem
from runtime import logs
from runtime.published.directory import Entry
from runtime.published.file import publish

FILE_NAME: Final = "peers.msgpack"
NODE_PORT: Final = "node"
"""Kind of a voice port at another node's voice gate (`media.ports.voice_port`)."""


def load_now() -> float:
    """Return the load average of the last minute per processor; 1.0 is full load."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


class NodeInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Node as it describes itself to the others."""

    node: NodeId
    address: str
    """Private address."""
    web: str = ""
    """URL of its console and intake for a browser or an app: `https://…`."""
    gate: str = ""
    """Address of its voice gate, `HOST:PORT`; empty if there is none."""
    entries: tuple[Entry, ...] = ()
    """Actors and processes."""
    lines: tuple[Modem, ...] = ()
    voices: tuple[OperatorVoice, ...] = ()
    """Operators' own voices at that node, including voices that are briefly away."""
    alerts: int = 0
    """Number of open alerts."""
    draining: bool = False
    """True if the node accepts no new alerts."""
    ahead_ms: int = 0
    """Lead of its clock over the database's, in milliseconds, to a tenth of a second; for display."""
    load: float = 0.0
    """Load average of the last minute per processor; for display."""
    settings: dict[str, int] = {}
    """Checksums of the settings that all nodes must share (`model.membership`); for display."""
    empty: bool = False
    """True if a draining node has no alert and no call left."""
    left: bool = False
    """True if a former member has left in order."""


class Peers(msgspec.Struct, frozen=True, kw_only=True):
    """Other nodes at one moment."""

    places: tuple[NodeInfo, ...] = ()
    """Members."""
    away: tuple[NodeInfo, ...] = ()
    """Former members as last known; only for display, and for senders that know no other node."""
    settled: bool = True
    """True if a missing node is certainly gone. Just after a start, and after an outage of the database,
    living nodes may not have reported yet.
    """
    alive: bool = True
    """True if this node itself is a member."""


def least_busy(places: Iterable[NodeInfo]) -> NodeId | None:
    """Return the node with the fewest alerts among those that accept alerts; None if there is none."""
    taking = [place for place in places if not place.draining]
    return min(taking, key=lambda place: (place.alerts, place.node)).node if taking else None


_encode = msgspec.msgpack.Encoder().encode
_decode_place = msgspec.msgpack.Decoder(NodeInfo).decode
_decode_peers = msgspec.msgpack.Decoder(Peers).decode


def encode_place(place: NodeInfo) -> bytes:
    """Encode the place for the database."""
    return _encode(place)


def decode_place(data: bytes) -> NodeInfo | None:
    """Decode another node's place; None if absent or of another version."""
    try:
        return _decode_place(data) if data else None
    except MALFORMED as error:
        logs.get("peers").warning("the address of another node cannot be decoded", error=str(error))
        return None


class PeerBook:
    """Lookup of other nodes; the base class has none, for a node without a cluster."""

    alone = True
    """True if other nodes are impossible."""

    def __init__(self) -> None:
        self._peers = Peers()

    def _refresh(self) -> None:
        """Read newly written content."""

    @property
    def places(self) -> tuple[NodeInfo, ...]:
        """Other members."""
        self._refresh()
        return self._peers.places

    def lines_with(self, own: Iterable[Modem]) -> tuple[Modem, ...]:
        """Return these lines of this node and the lines of the other members."""
        return (*own, *self.lines)

    @property
    def lines(self) -> tuple[Modem, ...]:
        """Lines of the other members."""
        return tuple(spec for place in self.places for spec in place.lines)

    @property
    def away(self) -> tuple[NodeInfo, ...]:
        """Former members."""
        self._refresh()
        return self._peers.away

    @property
    def settled(self) -> bool:
        """True if a missing node is certainly gone."""
        self._refresh()
        return self._peers.settled

    @property
    def alive(self) -> bool:
        """True if this node itself is a member."""
        self._refresh()
        return self._peers.alive

    def find(self, role: Role, key: str, node: NodeId | None = None) -> Entry | None:
        """Return the actor of this role and key on that node, or on any node; None for an unknown actor."""
        for place in self.places:
            if node is not None and place.node != node:
                continue
            for entry in place.entries:
                if entry.role is role and entry.key == key and entry.address:
                    return entry
        return None

    def with_line(self, line: LineId) -> NodeInfo | None:
        """Return the node of this line; None if no other member has it."""
        return next((one for one in self.places if any(spec.line == line for spec in one.lines)), None)

    def voice_of(self, line: LineId, voice: VoicePort, own: Iterable[Modem]) -> VoicePort:
        """Return the port by which a bridge of this node reaches the line's voice: another node's gate for
        its lines.

        Without such a gate the port cannot be opened: the path named by that node may be a different modem
        here.
        """
        if self.alone or any(spec.line == line for spec in own) or voice.kind == NODE_PORT:
            return voice
        place = self.with_line(line)
        return VoicePort(path=f"{'' if place is None else place.gate}/{line}", kind=NODE_PORT)

    def is_lost(self, line: LineId, own: Iterable[Modem]) -> bool:
        """Return True if this line belonged to a lost node, together with all its calls."""
        here = any(spec.line == line for spec in own)
        return not here and self.settled and self.alive and self.with_line(line) is None


class MemoryPeers(PeerBook):
    """Other nodes, for the actor system in one process."""

    alone = False

    def publish(self, peers: Peers) -> None:
        """Publish the other nodes."""
        self._peers = peers


class FilePeers(PeerBook):
    """Other nodes, for a node: `run/peers.msgpack`, readable by its owner alone."""

    alone = False

    def __init__(self, run: Path) -> None:
        self._path = run / FILE_NAME
        self._seen: tuple[int, int] | None = None
        # Nothing is known until the file is written.
        self._peers = Peers(settled=False, alive=False)

    @property
    def is_there(self) -> bool:
        """True if a node has written the file."""
        return self._path.exists()

    def _refresh(self) -> None:
        try:
            stat = os.stat(self._path)
        except FileNotFoundError:
            return
        seen = (stat.st_ino, stat.st_mtime_ns)
        if seen == self._seen:
            return
        try:
            self._peers = _decode_peers(self._path.read_bytes())
        except (OSError, *MALFORMED) as error:
            logs.get("peers").error("the list of the other nodes cannot be read", error=str(error))
            return
        self._seen = seen

    def publish(self, peers: Peers) -> None:
        """Publish the other nodes. Raises OSError."""
        publish(self._path, _encode(peers))
