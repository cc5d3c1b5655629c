"""The alarms about a line that has been of no use for a while, or hears its network badly, and their end.

Decides and remembers; it does not write into the journal. A quarantine has an alarm of its own.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from messages.events import AlarmCleared, AlarmRaised
from messages.ids import SECOND, Instant, LineId
from messages.lines import WEAK_DBM, LineState

OUT_US: Final = Instant(10 * SECOND)
"""A modem that is only started or plugged in needs less."""
WEAK_US: Final = Instant(60 * SECOND)
"""A lorry before the window passes."""
STRONG_DBM: Final = WEAK_DBM + 6
"""Where a weak signal counts as good again."""

ALARM: Final = "line.out_of_service"
WEAK: Final = "line.weak_signal"
FAILING: Final = "line.failing"
STRAY: Final = "line.stray_call"
_BESIDES: Final = frozenset({WEAK, FAILING, STRAY})
"""Those that do not say that the line is out of service."""
_CAUSES: Final = {
    LineState.WRONG_MODEM: "line.wrong_modem",
    LineState.PIN_NEEDED: "line.pin_needed",
    LineState.PUK_NEEDED: "line.puk_needed",
    LineState.NO_SIM: "line.no_sim",
    LineState.NO_NETWORK: "line.no_network",
}
ALARMS: Final = (ALARM, *_CAUSES.values(), *sorted(_BESIDES))
"""All there are, for whoever has to have words for them."""

Alarm = AlarmRaised | AlarmCleared


class Health(msgspec.Struct, frozen=True):
    """How a line is."""

    state: LineState
    text: str
    dbm: int | None = None
    failing: bool = False
    """Whether several dials in a row have come to nothing."""
    dials_well: bool = False
    """Whether the last one has not."""
    ghosts: int = 0
    """How many calls are on it that are no leg's."""


class LineAlarm:
    """Of one line. `file`: holds what stands, be it raised by the process before this one."""

    def __init__(self, line: LineId, file: Path, now_us: Instant) -> None:
        self._line = line
        self._file = file
        self._served_us = now_us
        self._cause, self._cause_us = "", now_us
        self._weak_us: Instant | None = None
        self._standing = self._kept()

    def due(self, health: Health, now_us: Instant) -> list[Alarm]:
        """What is to be written now; asked every second, and again until `written` is told of it."""
        return [
            *self._out(health.state, health.text, now_us),
            *self._weak(health.state, health.dbm, now_us),
            *self._failing(health),
            *self._stray(health.ghosts),
        ]

    def written(self, alarm: Alarm) -> None:
        """It is in the journal."""
        if isinstance(alarm, AlarmRaised):
            self._standing.add(alarm.alarm)
        else:
            self._standing.discard(alarm.alarm)
        # Where no file can be written, an alarm outlasts its reason if this process dies with it.
        with suppress(OSError):
            if self._standing:
                self._file.write_text("\n".join(sorted(self._standing)), encoding="ascii")
            else:
                self._file.unlink(missing_ok=True)

    def _kept(self) -> set[str]:
        try:
            # An earlier version's is empty.
            return set(self._file.read_text(encoding="ascii").split()) or {ALARM}
        except (OSError, UnicodeDecodeError):
            return set()

    def _out(self, state: LineState, text: str, now_us: Instant) -> list[Alarm]:
        out = self._standing - _BESIDES
        if state in (LineState.READY, LineState.FAILING):
            self._served_us = now_us
            return [self._cleared(alarm) for alarm in sorted(out)]
        cause = _CAUSES.get(state, ALARM)
        if cause != self._cause:
            self._cause, self._cause_us = cause, now_us
        since_us = max(self._served_us, self._cause_us if out else 0)
        if state is LineState.QUARANTINED or cause in self._standing or now_us - since_us < OUT_US:
            return []
        words = f"Line {self._line} carries no calls. {text}".strip()
        raised = AlarmRaised(alarm=cause, subject=self._line, text=words)
        return [*(self._cleared(alarm) for alarm in sorted(out)), raised]

    def _weak(self, state: LineState, dbm: int | None, now_us: Instant) -> list[Alarm]:
        if state is not LineState.READY or dbm is None or dbm >= WEAK_DBM:
            self._weak_us = None
            well = state is LineState.READY and dbm is not None and dbm >= STRONG_DBM
            return [self._cleared(WEAK)] if well and WEAK in self._standing else []
        self._weak_us = self._weak_us or now_us
        if WEAK in self._standing or now_us - self._weak_us < WEAK_US:
            return []
        words = f"Line {self._line} hardly hears its network ({dbm} dBm): calls may fail or break off."
        return [AlarmRaised(alarm=WEAK, subject=self._line, text=words)]

    def _failing(self, health: Health) -> list[Alarm]:
        """Raised at once, and over with the first dial that gets through: not while it merely rests."""
        if health.failing and FAILING not in self._standing:
            words = f"Line {self._line} makes no calls: its modem or its network refuses each one."
            return [AlarmRaised(alarm=FAILING, subject=self._line, text=words)]
        return [self._cleared(FAILING)] if health.dials_well and FAILING in self._standing else []

    def _stray(self, ghosts: int) -> list[Alarm]:
        if ghosts and STRAY not in self._standing:
            words = f"Line {self._line} has a call that is no alert's; it is being ended."
            return [AlarmRaised(alarm=STRAY, subject=self._line, text=words)]
        return [self._cleared(STRAY)] if not ghosts and STRAY in self._standing else []

    def _cleared(self, alarm: str) -> AlarmCleared:
        return AlarmCleared(alarm=alarm, subject=self._line)
