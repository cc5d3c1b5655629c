"""Process through which mixers of other nodes reach the voices of this node: its own lines and present
headsets. The gate's thread relays; the actor decides the address and the offers, and logs events.

The process holds no call. If killed, the mixers lose these voices until its successor listens at the same
port. A remote mixer sends the name of a voice. A path always comes from this node: published by a GsmModem
for its line's voice, or by the web for a headset.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Collection
from pathlib import Path
from typing import ClassVar, Final

from actors.operator_lines.headset import FRAME_BYTES, RATE_HZ
from media.conference.priority import raise_process
from media.gate.gate import Gate
from media.gate.wire import AddressRefused, listening
from media.ports.voice_port import VoicePortSpec, spec_of
from messages.ids import Instant, LineId, OperatorId, Role
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.environment import NodeVoice
from runtime.errors import WrongEnvironment
from runtime.published import line_files, voice_files
from runtime.published.voice_files import headset_socket

_HEADSET: Final = re.compile(r"voice/([A-Za-z0-9_-][A-Za-z0-9._-]{0,63})\.sock", re.ASCII)


class Offers:
    """Voices of one node, by name."""

    def __init__(self, run: Path, lines: Collection[LineId]) -> None:
        self._run = run
        self._lines = frozenset(lines)

    def __call__(self, name: str) -> VoicePortSpec | None:
        """Return the voice port of this name; None if there is none."""
        line = LineId(name)
        return self._of_line(line) if line in self._lines else self._of_headset(name)

    def _of_line(self, line: LineId) -> VoicePortSpec | None:
        voice = line_files.voice_of(self._run, line)
        return None if voice is None else spec_of(voice)

    def _of_headset(self, name: str) -> VoicePortSpec | None:
        found = _HEADSET.fullmatch(name)
        if found is None:
            return None
        operator = OperatorId(found[1])
        path = headset_socket(self._run, operator)
        try:
            there = stat.S_ISSOCK(path.lstat().st_mode)
        except OSError:
            there = False
        if not there:
            return None
        return VoicePortSpec(path=str(path), rate_hz=RATE_HZ, frame_bytes=FRAME_BYTES, kind="unix")


_MOST_NOTES: Final = 10
"""Most log entries a second: enough to notice an attempt to try many names."""


class VoiceGateActor(CenterActor):
    """VoiceGate of a node in a cluster."""

    role: ClassVar[Role] = Role.VOICE_GATE

    def started(self) -> None:
        """Listen, at the predecessor's port if possible."""
        self._gate: Gate | None = None
        self._trouble = ""
        self._listen()

    def stopping(self) -> None:
        """Close the voices; the calls behind them stay up."""
        if self._gate is not None:
            self._gate.stop()

    def tick(self, now_us: Instant) -> None:
        """Publish the address again if the file was lost, and log events."""
        if self._gate is None:
            self._listen()
        else:
            self._publish(self._gate)
            notes = self._gate.take_notes()
            for note in notes[-_MOST_NOTES:]:
                tell = self.log.warning if note.suspicious else self.log.info
                tell("the voice gate reports an event", what=note.text)
            if len(notes) > _MOST_NOTES:
                self.log.warning(
                    "the voice gate reports further events, which are not listed",
                    more=len(notes) - _MOST_NOTES,
                )

    def _listen(self) -> None:
        """Listen; the address may appear later, as with a VPN or a cable plugged in late."""
        nodes = self.env.node_voice
        if nodes is None:
            raise WrongEnvironment("a voice gate needs a center of several nodes")
        try:
            listener = listening(nodes.host, self._ports(nodes), public=nodes.public)
        except (AddressRefused, OSError) as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                self.log.error(
                    "the voice gate cannot listen: other nodes get no audio of this node",
                    reason=str(error),
                    host=nodes.host,
                )
            return
        lines = [spec.line for spec in self.env.settings_as(Setup).settings.lines]
        self._gate = Gate(listener, nodes.secret, Offers(self.env.run, lines))
        self.env.processes.to_own_process(raise_process)
        self._gate.start()
        self._trouble = ""
        self._publish(self._gate)
        self.log.info("the voice gate listens", at=voice_files.host_and_port(*self._gate.address))

    def _ports(self, nodes: NodeVoice) -> tuple[int, ...]:
        if nodes.port:
            return (nodes.port,)
        host, _, port = (voice_files.voice_gate_of(self.env.run) or "").rpartition(":")
        same = host.removeprefix("[").removesuffix("]") == nodes.host and port.isdecimal()
        return (int(port), 0) if same else (0,)

    def _publish(self, gate: Gate) -> None:
        at = voice_files.host_and_port(*gate.address)
        if voice_files.voice_gate_of(self.env.run) == at:
            return
        try:
            voice_files.write_gate(self.env.run, at)
        except OSError as error:
            self.log.error("the address of the voice gate cannot be published", error=str(error))
