"""The process through which bridges of other nodes have this one's voices: those of its own lines, and the
headsets that are there. Its thread relays; here is where it listens, what it offers, and what is told of it.

It holds no call and knows none. Killed, it leaves the bridges without these voices until its successor, which
listens at the same port, lets them in again. What comes from outside is a name, and is looked up; a path is
only ever one that this node has published itself: a GsmModem where its line's voice flows, the web where a
headset listens.
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
    """The voices of one node, by name."""

    def __init__(self, run: Path, lines: Collection[LineId]) -> None:
        self._run = run
        self._lines = frozenset(lines)

    def __call__(self, name: str) -> VoicePortSpec | None:
        """Where the voice of this name is opened; None: there is none."""
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
        self.log.info("listens", at=voice_files.host_and_port(*self._gate.address))

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
            self.log.error("where it listens cannot be written down", error=str(error))
