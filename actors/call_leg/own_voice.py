"""Where a leg finds an operator's own voice: at the node that has it now, to which it follows the operator.

Nothing of it is decided here: which node that is follows from what the nodes say of themselves
(`runtime.published.own_voices`), and what becomes of a leg whose voice nobody has is said by this node's
OperatorLines.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages.base import VoicePort
from messages.calls import CallReport, CallState
from messages.ids import SECOND, Instant, LegId, LineId, NodeId, OperatorLine
from model.rules.calls.own_line import mode_of
from runtime.environment import Environment
from runtime.published import own_voices, voice_files

_UP: Final = (CallState.RINGING, CallState.ANSWERED)
FOLLOWS_WITHIN_US: Final = Instant(4 * SECOND)
"""So long a headset is waited for whose node is lost: the page goes on at another one within 5 s of its
death, of which 1.5 pass before that is known. A phone takes eight, and would have to be taken up."""


class OwnVoice:
    """One leg's."""

    def __init__(self, env: Environment) -> None:
        """Nothing has been heard yet."""
        self._me: Final = env.node
        self._clock: Final = env.clock
        self._peers: Final = env.peers
        self._file: Final = voice_files.newest(env.run)
        self._heard: tuple[LegId, int, NodeId] | None = None
        """Which attempt was last heard to be up, and at which node."""
        self._follows = False
        """Whether that is another node than the first one."""
        self._missed: tuple[LineId, Instant] | None = None
        """Whose headset is gone with its node, and since when that is known."""

    def node_of(self, line: LineId) -> NodeId | None:
        """Whom to ask; None while whoever has it, or will have it, may not have been heard yet."""
        if self._peers.alone:
            return self._me
        found = own_voices.node_of(line, self._file.read() or {}, self._me, self._peers.places)
        if found is not None:
            self._missed = None
            return found
        heard_all = self._peers.settled and self._peers.alive
        return self._me if heard_all and not self._may_come_back(line) else None

    def _may_come_back(self, line: LineId) -> bool:
        """Whether the operator's page may be on its way from a node that is no more to one that is."""
        if mode_of(line) is not OperatorLine.HEADSET or not own_voices.is_at(self._peers.away, line):
            return False
        now_us = self._clock.now_us()
        if self._missed is None or self._missed[0] != line:
            self._missed = (line, now_us)
        return now_us - self._missed[1] < FOLLOWS_WITHIN_US

    def speaks(self, line: LineId, node: NodeId) -> bool:
        """Whether this node is to be believed. One that the operator has left says that the voice is lost."""
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
