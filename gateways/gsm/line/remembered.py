"""What a line's process leaves to the next one, which then need not find it out first: the dialect that the
modem speaks, and whether its firmware gives the host no voice.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from messages.ids import LineId


class Remembered:
    """Of one line, in the run directory."""

    def __init__(self, run: Path, line: LineId) -> None:
        self._dialect_file = run / f"{line}.dialect"
        self._voiceless_file = run / f"{line}.voiceless"
        self.voiceless = self._voiceless_file.exists()
        """As it was noted last."""

    @property
    def dialect(self) -> str:
        """The dialect's key; empty where none is known."""
        try:
            return self._dialect_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def note_dialect(self, key: str) -> None:
        """The modem was found to speak it."""
        with suppress(OSError):
            self._dialect_file.write_text(key, encoding="utf-8")

    def note_voiceless(self, voiceless: bool) -> None:
        """As soon as it is known, or known better; may be said every second."""
        if voiceless == self.voiceless:
            return
        with suppress(OSError):
            if voiceless:
                self._voiceless_file.touch()
            else:
                self._voiceless_file.unlink(missing_ok=True)
            self.voiceless = voiceless
