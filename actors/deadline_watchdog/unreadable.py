"""What of the journal this version cannot read, as alarms. Pure: a fold of the journal.

It knows what still matters at its start, and what has come since.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from messages.events import AlertClosed
from messages.journal import Recorded, Unreadable, is_kind
from model.alarms.standing import Key
from store import streams

DAMAGED: Final = "event.damaged"
"""About a stream."""
NEWER: Final = "event.newer"
"""About a kind of events: in a rolling upgrade there may be many of one."""
CLOSED: Final = "The alert is closed."


class Unreadables:
    """See the module."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._found: dict[Key, str] = {}

    @property
    def found(self) -> Mapping[Key, str]:
        """By alarm and subject, in words; without words where its alert is closed."""
        return self._found

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""
        event, alert = recorded.event, streams.alert_of(recorded.stream)
        if isinstance(event, Unreadable):
            key = (DAMAGED, recorded.stream) if event.damaged else (NEWER, event.kind)
            where = f"{recorded.stream} {recorded.version} ({event.kind}, of node {recorded.node})"
            self._found[key] = self._found.get(key) or f"{where} cannot be read: {event.fault}"
        if alert is not None and is_kind(event, AlertClosed):
            for stream in (streams.inbox(alert), streams.case(alert)):
                if (DAMAGED, stream) in self._found:
                    self._found[DAMAGED, stream] = ""
