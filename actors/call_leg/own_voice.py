"""Location of an operator's own voice: the node that has it now; a leg follows its operator to another node.

The node follows from the reports of the nodes (`runtime.published.own_voices`). The OperatorLines of this
node decide about a leg with a voice that no node has.
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
"""Time to wait for a headset of a lost node, in microseconds. The console reconnects to another node within 5
s of the failure; detection takes 1.5 s of these. A phone would take eight and have to be answered.
"""


class OwnVoice:
    """Own voice of one leg."""

    def __init__(self, env: Environment) -> None:
        """Open the published voices of the nodes."""
        self._me: Final = env.node
        self._clock: Final = env.clock
        self._peers: Final = env.peers
        self._file: Final = voice_files.newest(env.run)
        self._heard: tuple[LegId, int, NodeId] | None = None
        """Last attempt reported as up, with its node."""
        self._follows = False
        """True if the voice has moved to another node than the first one."""
        self._missed: tuple[LineId, Instant] | None = None
        """Line of the headset that vanished with its node, and the time of that finding."""

    def node_of(self, line: LineId) -> NodeId | None:
        """Return the node to send orders to; None while the present or next node may not have reported
        yet.
        """
        if self._peers.alone:
            return self._me
        found = own_voices.node_of(line, self._file.read() or {}, self._me, self._peers.places)
        if found is not None:
            self._missed = None
            return found
        heard_all = self._peers.settled and self._peers.alive
        return self._me if heard_all and not self._may_come_back(line) else None

    def _may_come_back(self, line: LineId) -> bool:
        """Return True if the console may be reconnecting from a lost node to a live one."""
        if mode_of(line) is not OperatorLine.HEADSET or not own_voices.is_at(self._peers.away, line):
            return False
        now_us = self._clock.now_us()
        if self._missed is None or self._missed[0] != line:
            self._missed = (line, now_us)
        return now_us - self._missed[1] < FOLLOWS_WITHIN_US

    def counts_report(self, line: LineId, node: NodeId) -> bool:
        """Return True if the report of this node counts: a node that the operator has left reports a lost
        voice.
        """
        return self._peers.alone or self.node_of(line) in (node, None)

    def without_move(self, said: CallReport, node: NodeId) -> CallReport:
        """Return the report, not marked as adopted if the voice has only moved: no restart has happened."""
        if said.state not in _UP:
            return said
        before, self._heard = self._heard, (said.leg, said.attempt, node)
        if before is None or before[:2] != self._heard[:2]:
            self._follows = False
        elif before[2] != node:
            self._follows = True
        return replace(said, adopted=False) if self._follows else said

    def port(self, line: LineId, voice: VoicePort) -> VoicePort | None:
        """Return the voice port as this node's bridge can open it; None if the voice is unavailable."""
        node = self.node_of(line)
        if node == self._me:
            return voice
        place = next((one for one in self._peers.places if one.node == node), None)
        return None if place is None else own_voices.port_at(place, line, voice)
