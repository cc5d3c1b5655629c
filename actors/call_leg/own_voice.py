"""Where a leg finds an operator's own voice: at the node that has it now, to which it goes after her.

Nothing of it is decided here: which node that is follows from what the nodes say of themselves
(`runtime.own_voices`), and what becomes of a leg whose voice nobody has is said by this node's OperatorLines.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages.base import VoicePort
from messages.calls import CallReport, CallState
from messages.ids import LegId, LineId, NodeId
from runtime import own_voices
from runtime.environment import Environment
from runtime.voice_files import VoiceFile

_UP: Final = (CallState.RINGING, CallState.ANSWERED)


class OwnVoice:
    """One leg's."""

    def __init__(self, env: Environment) -> None:
        """Nothing has been heard yet."""
        self._me: Final = env.node
        self._peers: Final = env.peers
        self._file: Final = VoiceFile(env.run)
        self._heard: tuple[LegId, int, NodeId] | None = None
        """Which attempt was last heard to be up, and at which node."""
        self._follows = False
        """Whether that is another node than the first one."""

    def node_of(self, line: LineId) -> NodeId | None:
        """Whom to ask; None while those who might have it have not been heard yet."""
        if self._peers.alone:
            return self._me
        found = own_voices.node_of(line, self._file.read(), self._me, self._peers.places)
        if found is not None:
            return found
        return self._me if self._peers.settled and self._peers.alive else None

    def speaks(self, line: LineId, node: NodeId) -> bool:
        """Whether this node is to be believed. One that she has left says that her voice is lost."""
        return self._peers.alone or self.node_of(line) in (node, None)

    def followed(self, said: CallReport, node: NodeId) -> CallReport:
        """The report of a voice that has only moved is none of a call that was found after a restart."""
        if said.state not in _UP:
            return said
        before, self._heard = self._heard, (said.leg, said.attempt, node)
        if before is None or before[:2] != self._heard[:2]:
            self._follows = False
        elif before[2] != node:
            self._follows = True
        return replace(said, adopted=False) if self._follows else said

    def port(self, line: LineId, voice: VoicePort) -> VoicePort | None:
        """Where this node's bridge has it; None where it has it nowhere."""
        node = self.node_of(line)
        if node == self._me:
            return voice
        place = next((one for one in self._peers.places if one.node == node), None)
        return None if place is None else own_voices.port_at(place, line, voice)
