"""Alarms that follow from the journal, computed event by event (folds). Pure.

A line without sound in two consecutive alerts probably has a faulty modem; one silent call proves nothing, as
a phone may be muted or lie in a bag. After a restart the fold starts without closed alerts, so that two more
alerts are needed to detect such a line again. Unreadable entries are found at the start, if they still
matter, and later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from messages import events as ev
from messages.events import AlertClosed
from messages.ids import SECOND, AlertId, Instant, LegId, LineId
from messages.journal import Recorded, Unreadable, is_kind
from model.alarms.active import Key
from model.alert.leg import alert_of
from model.rules.calls.own_line import is_own_line
from store import streams

ALARM: Final = "line.no_sound"
SOUND: Final = "A call on the line had sound."
WITHIN_US: Final = Instant(3600 * SECOND)
PROVES_AFTER_US: Final = Instant(5 * SECOND)
"""Duration of a call without loss of sound that proves its line; silence is detected after three seconds."""


class _Call(msgspec.Struct, frozen=True, kw_only=True):
    line: LineId
    attempt: int
    answered_at: Instant | None = None
    silent: bool = False


class SilentLines:
    """Fold: lines shown to be with or without sound."""

    def __init__(self) -> None:
        """Start with no line known."""
        self._calls: dict[LegId, _Call] = {}
        self._suspected: dict[LineId, tuple[AlertId, Instant]] = {}
        self._broken: dict[LineId, bool] = {}

    @property
    def broken(self) -> Mapping[LineId, bool]:
        """State of each line whose latest calls prove a state: True if the line carries no sound."""
        return self._broken

    def apply(self, recorded: Recorded) -> None:
        """Apply the next event."""
        event, at = recorded.event, recorded.at_us
        match event:
            case ev.LegOriginating(leg=leg, line=line, attempt=attempt) if not is_own_line(line):
                self._calls[leg] = _Call(line=line, attempt=attempt)
            case ev.LegAnswered(leg=leg, confirmed=True) if call := self._call(leg, event.attempt):
                self._calls[leg] = replace(call, answered_at=call.answered_at or at)
            case ev.LegSoundLost(leg=leg) if call := self._call(leg, event.attempt):
                self._calls[leg] = replace(call, silent=True)
                self._suspect(call.line, alert_of(leg), at)
            case ev.LegSoundBack(leg=leg) if call := self._call(leg, event.attempt):
                self._clear_suspicion(call.line)
            case ev.LegReleased(leg=leg) if call := self._call(leg, event.attempt):
                del self._calls[leg]
                had_sound = call.answered_at is not None and at - call.answered_at >= PROVES_AFTER_US
                if had_sound and not call.silent:
                    self._clear_suspicion(call.line)
            case ev.ProofStepEnded(ways=ways):
                # Alerts use a suspected line last, and may prove nothing for a long time.
                for way in ways:
                    if way.heard:
                        self._clear_suspicion(way.listener)
            case _:
                pass

    def _call(self, leg: LegId, attempt: int) -> _Call | None:
        call = self._calls.get(leg)
        return call if call is not None and call.attempt == attempt else None

    def _suspect(self, line: LineId, alert: AlertId, at: Instant) -> None:
        before = self._suspected.get(line)
        if before is not None and before[0] != alert and at - before[1] <= WITHIN_US:
            self._broken[line] = True
        self._suspected[line] = alert, at

    def _clear_suspicion(self, line: LineId) -> None:
        self._suspected.pop(line, None)
        self._broken[line] = False


def lines_without_sound(broken: Mapping[LineId, bool]) -> dict[Key, str]:
    """Return the alarms of the lines, by key; an empty text clears the alarm."""
    text = (
        "No sound came from the voice port of line {line}'s modem in two alerts in a row: try it with a "
        "call, and look at voice_port and at how its voice is switched on."
    )
    return {
        (ALARM, line): text.format(line=line) if is_broken else ""
        for line, is_broken in sorted(broken.items())
    }


DAMAGED: Final = "event.damaged"
"""Alarm about a stream."""
NEWER: Final = "event.newer"
"""Alarm about a kind of events: a rolling upgrade may bring many events of a kind."""
CLOSED: Final = "The alert is closed."


class UnreadableEntries:
    """Fold: unreadable entries of the journal."""

    def __init__(self) -> None:
        """Start with no entry known."""
        self._found: dict[Key, str] = {}

    @property
    def found(self) -> Mapping[Key, str]:
        """Text by alarm and subject; empty if the alert is closed."""
        return self._found

    def apply(self, recorded: Recorded) -> None:
        """Apply the next event."""
        event, alert = recorded.event, streams.alert_of(recorded.stream)
        if isinstance(event, Unreadable):
            key = (DAMAGED, recorded.stream) if event.damaged else (NEWER, event.kind)
            where = f"{recorded.stream} {recorded.version} ({event.kind}, of node {recorded.node})"
            self._found[key] = self._found.get(key) or f"{where} cannot be read: {event.fault}"
        if alert is not None and is_kind(event, AlertClosed):
            for stream in (streams.inbox(alert), streams.case(alert)):
                if (DAMAGED, stream) in self._found:
                    self._found[DAMAGED, stream] = ""
