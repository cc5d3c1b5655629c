"""Which voices a node offers to the others: those of its own lines, and the headsets that are there.

What comes from outside is a name, and is looked up; a path is only ever one that this node has published
itself: a GsmModem where its line's voice flows, the web where a headset listens.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Final

from actors.operator_lines.headset import FRAME_BYTES, RATE_HZ
from media.ports.voice_port import VoicePortSpec, spec_of
from messages.ids import LineId, OperatorId
from runtime.published import line_files
from runtime.published.voice_files import headset_socket

_HEADSET: Final = re.compile(r"voice/([A-Za-z0-9_-][A-Za-z0-9._-]{0,63})\.sock", re.ASCII)


class Offers:
    """See the module."""

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
