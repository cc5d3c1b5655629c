"""Read model of the DutyCaller: alarms of the nodes, callouts, the roster, and staff on shift.

Streams of alerts are not followed: in a storm of alerts only their own processes should read them all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from features.duty.callout_rules import SETTLES_US, WakingBook
from messages.events import Event, LineTakenOut
from messages.ids import AlertId, Instant, LineId, NodeId, ShiftState
from messages.journal import Recorded
from model.alarms.book import alert_of
from model.alarms.can_wait import lines_that_can_wait, lost_lines
from model.alarms.kind import SubjectKind, Wakes
from model.alarms.table import subject_kind_of, waking_of
from model.alert.live import LiveCases
from model.callouts.callout import Callouts
from model.callouts.roster import Roster
from model.settings.lines import Modem
from store import streams
from store.alarms import recent_alarm_events
from store.callouts import callouts_of
from store.journal.journal import Append, Journal
from store.journal.projections import Operators
from store.journal.rebuild import rebuild
from store.roster import roster_of

SEARCHED_BACK_US: Final = Instant(24 * 3600 * 1_000_000)
"""Time before now in which alarms raised before a node's start are searched."""


class DutyReadModel:
    """Read model, to be refreshed before each decision. Each method raises JournalError."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._read: dict[str, int] = {}
        """Version read so far of each stream."""
        self._live = LiveCases()
        self._taken_out: set[LineId] = set()
        self.book = WakingBook(self._is_open)
        self.callouts = Callouts()
        self.roster = Roster()
        self.roster_fault = ""
        """Parts of the roster that cannot be read, in words."""
        self.staff_present = False
        """True if staff is on shift; refreshed only while alarms of alerts, or that wake at once, stand."""

    def refresh(self, nodes: Collection[NodeId], now_us: Instant) -> None:
        """Read new events."""
        for node in nodes:
            self._refresh_node(node, now_us)
        for recorded in self._new_events(streams.SHELF):
            self.book.apply(NodeId(""), recorded)
        self.refresh_callouts()
        kept = roster_of(self._journal)
        self.roster_fault = kept.unreadable
        if kept.roster.people or not kept.unreadable:
            self.roster = kept.roster  # otherwise the last readable roster counts
        of_alerts = [key for key in self.book.told if subject_kind_of(key[1]) is SubjectKind.ALERT]
        if of_alerts or any(
            told.stands
            and told.seen_at is None
            and waking_of(key[1]) is Wakes.AT_ONCE
            and told.at > self.callouts.handled.get(key, 0)
            for key, told in self.book.told.items()
        ):
            self._refresh_staff()
        for key in of_alerts:
            alert = alert_of(key[2])
            if alert not in self._live.cases:
                self.book.closed(alert)

    def lines_that_can_wait(
        self, lines: Sequence[Modem], inbound_kept: int, nodes: Collection[NodeId], now_us: Instant
    ) -> frozenset[LineId]:
        """Return the lines whose loss can wait until morning. `lines`, `inbound_kept`: of all nodes."""
        if not lost_lines(self.book, now_us, nodes):
            return frozenset()  # without a lost line no line can wake a person
        for spec in lines:
            for recorded in self._new_events(streams.service(spec.line)):
                out = isinstance(recorded.event, LineTakenOut)
                (self._taken_out.add if out else self._taken_out.discard)(spec.line)
        # A loss that is over in a moment does not count, and must not wake a person for lines that wait.
        gone = lost_lines(self.book, Instant(now_us - SETTLES_US), nodes)
        return lines_that_can_wait(lines, gone | self._taken_out, inbound_kept)

    def refresh_callouts(self) -> None:
        """Read the stream of callouts, shared by all nodes."""
        if not self.callouts.version:
            self.callouts = callouts_of(self._journal)
        for recorded in self._journal.read(streams.DUTY, self.callouts.version):
            self.callouts.apply(recorded)

    def append(self, *events: Event) -> None:
        """Append to the stream of callouts. Raises VersionConflict if another node was first."""
        self._journal.append(Append(streams.DUTY, self.callouts.version, events))
        self.refresh_callouts()

    @property
    def test_alerts(self) -> frozenset[str]:
        """Open alerts that are tests."""
        return frozenset(alert for alert, case in self._live.cases.items() if case.test)

    def _refresh_node(self, node: NodeId, now_us: Instant) -> None:
        stream = streams.node(node)
        if stream in self._read:
            new = self._new_events(stream)
        else:
            version = self._journal.version(stream)
            new = recent_alarm_events(self._journal, node, Instant(now_us - SEARCHED_BACK_US))
            self._read[stream] = version
            if any(subject_kind_of(getattr(one.event, "alarm", "")) is SubjectKind.ALERT for one in new):
                self._refresh_staff()
        for recorded in new:
            self.book.apply(node, recorded)

    def _new_events(self, stream: str) -> list[Recorded]:
        found = self._journal.read(stream, self._read.get(stream, 0))
        if found:
            self._read[stream] = found[-1].version
        return found

    def _refresh_staff(self) -> None:
        operators, self._live = Operators(), LiveCases()
        rebuild(self._journal, operators, self._live)
        self.staff_present = any(one.state is not ShiftState.OFF for one in operators.operators.values())

    def _is_open(self, alert: AlertId) -> bool | None:
        if alert in self._live.cases:
            return True
        if not self._journal.version(streams.inbox(alert)):
            return None
        # The alert may have come after the last refresh.
        self._refresh_staff()
        return alert in self._live.cases
