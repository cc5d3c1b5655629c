"""The alarm about a line that has been of no use for a while, and its end.

Decides and remembers; it does not write into the journal. A quarantine has an alarm of its own.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from messages.events import AlarmCleared, AlarmRaised
from messages.ids import SECOND, Instant, LineId
from messages.lines import LineState

OUT_US: Final = Instant(10 * SECOND)
"""A modem that is only started or plugged in needs less."""
ALARM: Final = "line.out_of_service"


class LineAlarm:
    """Of one line. `file`: it exists while an alarm stands, be it raised by the process before this one."""

    def __init__(self, line: LineId, file: Path, now_us: Instant) -> None:
        self._line = line
        self._file = file
        self._served_us = now_us
        self._raised = False

    def due(self, state: LineState, text: str, now_us: Instant) -> AlarmRaised | AlarmCleared | None:
        """What is to be written now; asked every second, and again until `written` is told of it."""
        if state is LineState.READY:
            self._served_us = now_us
            standing = self._raised or self._file.exists()
            return AlarmCleared(alarm=ALARM, subject=self._line) if standing else None
        if self._raised or state is LineState.QUARANTINED or now_us - self._served_us < OUT_US:
            return None
        words = f"Line {self._line} carries no calls. {text}".strip()
        return AlarmRaised(alarm=ALARM, subject=self._line, text=words)

    def written(self, alarm: AlarmRaised | AlarmCleared) -> None:
        """It is in the journal."""
        self._raised = isinstance(alarm, AlarmRaised)
        # Where no file can be written, an alarm outlasts its reason if this process dies with it.
        with suppress(OSError):
            if self._raised:
                self._file.touch(mode=0o600)
            else:
                self._file.unlink(missing_ok=True)
