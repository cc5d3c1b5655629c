"""What is read of the journal to know whom to call: the nodes' alarms, callouts, the roster, who is on shift.

Of alerts nothing is followed: in a storm of them nobody else should have to read them all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from features.duty.waking import SETTLES_US, WakingBook
from messages.events import Event, LineTakenOut
from messages.ids import AlertId, Instant, LineId, NodeId, ShiftState
from messages.journal import Recorded
from model.alarms.book import alert_of
from model.alarms.can_wait import can_wait, lost
from model.alarms.kind import About, Wakes
from model.alarms.table import about, wakes
from model.alert.live import LiveCases
from model.callouts.callout import Callouts
from model.callouts.roster import Roster
from model.settings.lines import Modem
from store import streams
from store.alarms import told_lately
from store.callouts import callouts_of
from store.journal.journal import Append, Journal
from store.journal.projections import Operators
from store.journal.rebuild import rebuild
from store.roster import roster_of

LATELY_US: Final = Instant(24 * 3600 * 1_000_000)
"""So far back it is looked what stood before a node's start."""


class Watching:
    """See the module. `look` before anything is decided; each raises JournalError."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._read: dict[str, int] = {}
        """Up to which version of each stream."""
        self._live = LiveCases()
        self._taken_out: set[LineId] = set()
        self.book = WakingBook(self._is_open)
        self.callouts = Callouts()
        self.roster = Roster()
        self.unreadable = ""
        """What of the roster cannot be read, in words."""
        self.present = False
        """Whether somebody is on shift; looked at while alarms stand that are an operator's."""

    def look(self, nodes: Collection[NodeId], now_us: Instant) -> None:
        """Read what is new."""
        for node in nodes:
            self._look_at(node, now_us)
        for recorded in self._new(streams.SHELF):
            self.book.apply(NodeId(""), recorded)
        self.look_at_callouts()
        kept = roster_of(self._journal)
        self.unreadable = kept.unreadable
        if kept.roster.people or not kept.unreadable:
            self.roster = kept.roster  # else those who were last known are called
        of_alerts = [key for key in self.book.told if about(key[1]) is About.ALERT]
        if of_alerts or any(
            told.stands
            and told.seen_at is None
            and wakes(key[1]) is Wakes.AT_ONCE
            and told.at > self.callouts.handled.get(key, 0)
            for key, told in self.book.told.items()
        ):
            self._look_at_people()
        for key in of_alerts:
            alert = alert_of(key[2])
            if alert not in self._live.cases:
                self.book.closed(alert)

    def lines_that_wait(
        self, lines: Sequence[Modem], inbound_kept: int, nodes: Collection[NodeId], now_us: Instant
    ) -> frozenset[LineId]:
        """Those that may be lost until the morning. `lines`, `inbound_kept`: of all nodes."""
        if not lost(self.book, now_us, nodes):
            return frozenset()  # there is none for which anybody could be woken
        for spec in lines:
            for recorded in self._new(streams.service(spec.line)):
                out = isinstance(recorded.event, LineTakenOut)
                (self._taken_out.add if out else self._taken_out.discard)(spec.line)
        # What is over in a moment is not lost, and must not wake anybody for those that wait.
        gone = lost(self.book, Instant(now_us - SETTLES_US), nodes)
        return can_wait(lines, gone | self._taken_out, inbound_kept)

    def look_at_callouts(self) -> None:
        """The stream of all nodes."""
        if not self.callouts.version:
            self.callouts = callouts_of(self._journal)
        for recorded in self._journal.read(streams.DUTY, self.callouts.version):
            self.callouts.apply(recorded)

    def append(self, *events: Event) -> None:
        """Say it in that stream, as it is known here. Raises VersionConflict where another was first."""
        self._journal.append(Append(streams.DUTY, self.callouts.version, events))
        self.look_at_callouts()

    @property
    def tests(self) -> frozenset[str]:
        """The open alerts that are tests."""
        return frozenset(alert for alert, case in self._live.cases.items() if case.test)

    def _look_at(self, node: NodeId, now_us: Instant) -> None:
        stream = streams.node(node)
        if stream in self._read:
            new = self._new(stream)
        else:
            version = self._journal.version(stream)
            new = told_lately(self._journal, node, Instant(now_us - LATELY_US))
            self._read[stream] = version
            if any(about(getattr(one.event, "alarm", "")) is About.ALERT for one in new):
                self._look_at_people()
        for recorded in new:
            self.book.apply(node, recorded)

    def _new(self, stream: str) -> list[Recorded]:
        found = self._journal.read(stream, self._read.get(stream, 0))
        if found:
            self._read[stream] = found[-1].version
        return found

    def _look_at_people(self) -> None:
        operators, self._live = Operators(), LiveCases()
        rebuild(self._journal, operators, self._live)
        self.present = any(one.state is not ShiftState.OFF for one in operators.operators.values())

    def _is_open(self, alert: AlertId) -> bool | None:
        if alert in self._live.cases:
            return True
        if not self._journal.version(streams.inbox(alert)):
            return None
        # It may have come since they were looked at.
        self._look_at_people()
        return alert in self._live.cases
