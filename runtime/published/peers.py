"""The other nodes of a center that has several: who of their actors is where, and which lines they have.

Written by this node's Membership alone, whole and atomically, from what the others have said of themselves in
the shared database; read by every actor that looks for somebody who is not here. Only nodes that are members
at that moment are looked up in it: whoever is not found there is not to be waited for.
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
"""The kind of a voice port that another node's voice gate gives (`media.ports.voice_port`)."""


def load_now() -> float:
    """How many processes wanted to run in the last minute, for each processor; 1.0 is all there is."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One node as it describes itself to the others."""

    node: NodeId
    address: str
    """Its private address."""
    web: str = ""
    """Where its console and its intake are, as a browser or an app reaches them: `https://…`."""
    gate: str = ""
    """Where its lines' voice can be had, `HOST:PORT`; empty where it cannot."""
    entries: tuple[Entry, ...] = ()
    """Its actors and processes."""
    lines: tuple[Modem, ...] = ()
    voices: tuple[OperatorVoice, ...] = ()
    """The operators' own voices that stand there, those among them that are away for a moment too."""
    alerts: int = 0
    """How many open alerts it has."""
    draining: bool = False
    """Whether it takes no more of them."""
    ahead_ms: int = 0
    """How far its clock is before the database's, to a tenth of a second; for those who look."""
    load: float = 0.0
    """How many of its processes wanted to run in the last minute, for each of its processors; to be shown."""
    settings: dict[str, int] = {}
    """Checksums of what all nodes are meant to have alike (`model.membership`); for those who look."""
    empty: bool = False
    """Of one that is drained: whether it has no alert and no call left."""
    left: bool = False
    """Of a node that is no member: whether it has said so itself."""


class Peers(msgspec.Struct, frozen=True, kw_only=True):
    """All other nodes at one moment."""

    places: tuple[Place, ...] = ()
    """Those that are members."""
    away: tuple[Place, ...] = ()
    """Those that were, as they were: only to be shown, and to be tried by those who know of no other."""
    settled: bool = True
    """Whether a node that is missing is one that is no more. Just after a start, and after the database was
    away for all, those that live may not have been heard yet."""
    alive: bool = True
    """Whether this node itself is a member."""


def least_busy(places: Iterable[Place]) -> NodeId | None:
    """The node that has the fewest alerts, of those that take any."""
    taking = [place for place in places if not place.draining]
    return min(taking, key=lambda place: (place.alerts, place.node)).node if taking else None


_encode = msgspec.msgpack.Encoder().encode
_decode_place = msgspec.msgpack.Decoder(Place).decode
_decode_peers = msgspec.msgpack.Decoder(Peers).decode


def encode_place(place: Place) -> bytes:
    """The place, for the database."""
    return _encode(place)


def decode_place(data: bytes) -> Place | None:
    """What another node has said; None where it has said nothing yet, or speaks another version."""
    try:
        return _decode_place(data) if data else None
    except MALFORMED as error:
        logs.get("peers").warning("a node cannot be understood", error=str(error))
        return None


class PeerBook:
    """Where the others are looked up. This one knows of nobody: a node that is alone."""

    alone = True
    """Whether there can be no others."""

    def __init__(self) -> None:
        self._peers = Peers()

    def _refresh(self) -> None:
        """Take over what has been written since."""

    @property
    def places(self) -> tuple[Place, ...]:
        """The other members."""
        self._refresh()
        return self._peers.places

    def lines_with(self, own: Iterable[Modem]) -> tuple[Modem, ...]:
        """These of this node, and those of the other members."""
        return (*own, *self.lines)

    @property
    def lines(self) -> tuple[Modem, ...]:
        """All that they have."""
        return tuple(spec for place in self.places for spec in place.lines)

    @property
    def away(self) -> tuple[Place, ...]:
        """Those that were members."""
        self._refresh()
        return self._peers.away

    @property
    def settled(self) -> bool:
        """Whether a node that is missing is one that is no more."""
        self._refresh()
        return self._peers.settled

    @property
    def alive(self) -> bool:
        """Whether this node itself is a member."""
        self._refresh()
        return self._peers.alive

    def find(self, role: Role, key: str, node: NodeId | None = None) -> Entry | None:
        """The actor of this role and key on that node, or on whichever has it."""
        for place in self.places:
            if node is not None and place.node != node:
                continue
            for entry in place.entries:
                if entry.role is role and entry.key == key and entry.address:
                    return entry
        return None

    def with_line(self, line: LineId) -> Place | None:
        """The node that has this line."""
        return next((one for one in self.places if any(spec.line == line for spec in one.lines)), None)

    def voice_of(self, line: LineId, voice: VoicePort, own: Iterable[Modem]) -> VoicePort:
        """Where a bridge of this node has the line's voice: at another node's gate, if the line is there.

        Where that node has no gate just now it is a port that cannot be opened: the path that its modem's
        process has named may be somebody else's modem here.
        """
        if self.alone or any(spec.line == line for spec in own) or voice.kind == NODE_PORT:
            return voice
        place = self.with_line(line)
        return VoicePort(path=f"{'' if place is None else place.gate}/{line}", kind=NODE_PORT)

    def is_lost(self, line: LineId, own: Iterable[Modem]) -> bool:
        """Whether this line was of a node that is no more, with every call that it carried."""
        here = any(spec.line == line for spec in own)
        return not here and self.settled and self.alive and self.with_line(line) is None


class MemoryPeers(PeerBook):
    """For the actor system in one process."""

    alone = False

    def publish(self, peers: Peers) -> None:
        """Make these the others."""
        self._peers = peers


class FilePeers(PeerBook):
    """For a node: `run/peers.msgpack`, readable by its owner alone."""

    alone = False

    def __init__(self, run: Path) -> None:
        self._path = run / FILE_NAME
        self._seen: tuple[int, int] | None = None
        # Until it is written nobody knows anything.
        self._peers = Peers(settled=False, alive=False)

    @property
    def is_there(self) -> bool:
        """Whether a node has written it."""
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
            logs.get("peers").error("cannot be read", error=str(error))
            return
        self._seen = seen

    def publish(self, peers: Peers) -> None:
        """Make these the others. Raises OSError."""
        publish(self._path, _encode(peers))
