"""The process through which bridges of other nodes have this one's voices. Its thread relays; here is where
it listens, and what is told of it.

It holds no call and knows none. Killed, it leaves the bridges without these voices until its successor, which
listens at the same port, lets them in again.
"""

from __future__ import annotations

from typing import ClassVar, Final

from actors.voice_gate.offers import Offers
from media.conference.priority import raise_process
from media.gate.gate import Gate
from media.gate.wire import AddressRefused, listening
from messages.ids import Instant, Role
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.environment import NodeVoice
from runtime.errors import WrongEnvironment
from runtime.published import voice_gate_file

_MOST_NOTES: Final = 10
"""So many lines a second are enough in a log to see that somebody tries all doors."""


class VoiceGateActor(CenterActor):
    """One to a node that has others beside it."""

    role: ClassVar[Role] = Role.VOICE_GATE

    def started(self) -> None:
        """Listen, where the one before it has listened if that may be."""
        self._gate: Gate | None = None
        self._trouble = ""
        self._listen()

    def stopping(self) -> None:
        """The voices are let go; the calls behind them stay up."""
        if self._gate is not None:
            self._gate.stop()

    def tick(self, now_us: Instant) -> None:
        """Say where it is, should the file have been lost, and what has happened."""
        if self._gate is None:
            self._listen()
        else:
            self._publish(self._gate)
            notes = self._gate.take_notes()
            for note in notes[-_MOST_NOTES:]:
                tell = self.log.warning if note.suspicious else self.log.info
                tell("at the voice gate", what=note.text)
            if len(notes) > _MOST_NOTES:
                self.log.warning("at the voice gate", more=len(notes) - _MOST_NOTES)

    def _listen(self) -> None:
        """Its address may come later than it does: that of a VPN, or of a cable that is plugged in."""
        nodes = self.env.node_voice
        if nodes is None:
            raise WrongEnvironment("a voice gate was started in a node that is by itself")
        try:
            listener = listening(nodes.host, self._ports(nodes), public=nodes.public)
        except (AddressRefused, OSError) as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                self.log.error("other nodes have no voices of this one", reason=str(error), host=nodes.host)
            return
        lines = [spec.line for spec in self.env.settings_as(Setup).settings.lines]
        self._gate = Gate(listener, nodes.secret, Offers(self.env.run, lines))
        self.env.processes.to_own_process(raise_process)
        self._gate.start()
        self._trouble = ""
        self._publish(self._gate)
        self.log.info("listens", at=voice_gate_file.written(*self._gate.address))

    def _ports(self, nodes: NodeVoice) -> tuple[int, ...]:
        if nodes.port:
            return (nodes.port,)
        host, _, port = (voice_gate_file.voice_gate_of(self.env.run) or "").rpartition(":")
        same = host.removeprefix("[").removesuffix("]") == nodes.host and port.isdecimal()
        return (int(port), 0) if same else (0,)

    def _publish(self, gate: Gate) -> None:
        at = voice_gate_file.written(*gate.address)
        if voice_gate_file.voice_gate_of(self.env.run) == at:
            return
        try:
            voice_gate_file.write(self.env.run, at)
        except OSError as error:
            self.log.error("where it listens cannot be written down", error=str(error))
