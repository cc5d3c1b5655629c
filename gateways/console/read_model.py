"""State of the center from the journal: alerts, shifts and lines. Pure; fed event by event.

The read model holds the open alerts, and for a while the closed alerts, so that the screen can show their
end. The caller applies the events read. An event applied before has no effect; therefore single streams can
be read first, and the whole journal from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

import msgspec

from gateways.console import timeline
from gateways.console.alarms import Alarms, Nodes
from messages import events as ev
from messages.ids import (
    SECOND,
    AlertId,
    Assurance,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    ShiftState,
    UserId,
)
from messages.journal import Recorded, Unreadable, is_kind
from model.alarms.can_wait import lines_that_can_wait, lost_lines
from model.alert.case import Case
from model.alert.leg import Leg
from model.callouts.callout import Callouts
from model.rules import wrap_up
from model.rules.messages.dialogue import unread_since
from model.settings.lines import Modem
from model.telling.sheet import Sheet, begin, evolve
from store.journal.projections import TakenOut

CLOSED_KEPT_US: Final = 600 * SECOND
CLOSED_KEPT_MAX: Final = 200


class ShownAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert in the read model."""

    sheet: Sheet
    seq: int
    """Position of its last event in the journal."""
    node: NodeId = NodeId("")
    """Node of the AlertCase that has written last; empty before the first."""
    entries: tuple[timeline.Entry, ...] = ()

    @property
    def case(self) -> Case:
        """The case, with the data for decisions."""
        return self.sheet.case


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """State of an operator's shift, by the operator's own change or by the lack of answers."""

    state: ShiftState
    since: Instant
    reason: str = ""
    node: NodeId = NodeId("")
    """Node that recorded the change; this node keeps the operator's own line."""


class Quarantine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that must not be used."""

    reason: str
    since: Instant


class Change(msgspec.Struct, frozen=True):
    """Parts of the read model that one event has changed."""

    alert: AlertId | None = None
    check: bool = False
    """True for an event of a check, which only the phone that raised the check sees."""
    operators: bool = False
    lines: bool = False
    alarms: bool = False
    callouts: bool = False


NOTHING: Final = Change()


class ReadModel:
    """State of everything that the console shows."""

    def __init__(self) -> None:
        self.seq = 0
        """Position in the journal up to which all events are applied."""
        self.alerts: dict[AlertId, ShownAlert] = {}
        self.shifts: dict[OperatorId, Shift] = {}
        self.left: dict[OperatorId, Instant] = {}
        """End of each operator's part in the last alert, unless a newer event of the operator followed."""
        self.quarantined: dict[LineId, Quarantine] = {}
        self.taken_out: dict[LineId, TakenOut] = {}
        self.nailed_up: dict[LineId, OperatorId] = {}
        """Lines that carry the call of an operator's shift."""
        self.alarms = Alarms(self._is_open)
        self.callouts = Callouts()
        self.tried: dict[LineId, OperatorId] = {}
        """Lines that carry a test call, and their testers."""
        self._closed: dict[AlertId, Instant] = {}
        self._checks: set[AlertId] = set()
        self._at_work: dict[AlertId, None] = {}

    @property
    def open_count(self) -> int:
        """Number of open alerts."""
        return len(self.alerts) - len(self._closed)

    def lines_that_wait(
        self, lines: Iterable[Modem], inbound_kept: int, now_us: Instant, alive: Nodes = None
    ) -> frozenset[LineId]:
        """Return the lines that can wait, because enough others of their kind are left. `lines` and
        `inbound_kept` cover all nodes that take part.
        """
        return lines_that_can_wait(
            lines, lost_lines(self.alarms, now_us, alive) | self.taken_out.keys(), inbound_kept
        )

    def open(self) -> list[ShownAlert]:
        """Return the open alerts, earliest deadline first."""
        found = [known for known in self.alerts.values() if known.case.closed_at is None]
        return sorted(found, key=lambda known: known.case.deadline_at)

    def proved_open(self, most: int) -> bool:
        """Return True if at least `most` proved alerts are open."""
        if self.open_count < most:
            return False
        found = (
            None
            for known in self.alerts.values()
            if known.case.proof is Assurance.DEVICE and known.case.closed_at is None
        )
        return sum(1 for _ in islice(found, most)) == most

    def at_work(self) -> list[ShownAlert]:
        """Return the open alerts that have or had an operator, a reservation or a call; in a storm the
        minority.
        """
        return [self.alerts[alert] for alert in self._at_work]

    def of_operator(self, operator: OperatorId) -> AlertId | None:
        """Return the open alert of the operator, else the open alert for which the operator is reserved; None
        if there is neither.
        """
        kept: AlertId | None = None
        for known in self.at_work():
            if known.case.operator == operator:
                return known.case.alert
            if operator in known.case.reserved:
                kept = known.case.alert
        return kept

    def held(self) -> dict[LineId, Leg]:
        """Return the lines that carry a leg of an open alert, with their legs."""
        return {leg.line: leg for known in self.at_work() for leg in known.case.legs.values() if leg.live}

    def load(self, alert: AlertId, recorded: Iterable[Recorded]) -> None:
        """Add an alert from its two streams."""
        for one in recorded:
            self._alert(alert, one)

    def apply(self, recorded: Recorded) -> Change:
        """Apply an event of the journal; return the changed parts of the read model."""
        self.seq = max(self.seq, recorded.seq)
        kind, _, owner = recorded.stream.partition("-")
        match kind:
            case "inbox" | "alert":
                return self._alert(AlertId(owner), recorded)
            case "operator":
                return self._operator(OperatorId(owner), recorded)
            case "line" | "service":
                return self._line(recorded)
            case "node" | "shelf":
                return Change(alarms=self.alarms.apply(NodeId(owner), recorded))
            case "duty":
                self.callouts.apply(recorded)
                return Change(callouts=True)
            case _:
                return NOTHING

    def person_changed(self, user: UserId, seq: int) -> list[AlertId]:
        """Mark the person's open alerts as changed at this position, after a change in the registry; return
        the alerts.
        """
        own = [known for known in self.open() if known.case.user == user]
        for known in own:
            self.alerts[known.case.alert] = msgspec.structs.replace(known, seq=seq)
        return [known.case.alert for known in own]

    def forget(self, now_us: Instant) -> list[AlertId]:
        """Remove alerts that have been closed for long enough, except alerts with unread messages.

        Return their ids.
        """
        over = [alert for alert, at in self._closed.items() if at + CLOSED_KEPT_US <= now_us]
        gone = [alert for alert in over if unread_since(self.alerts[alert].case) is None]
        left = [alert for alert in self._closed if alert not in gone]
        gone += left[: max(0, len(left) - CLOSED_KEPT_MAX)]
        for alert in gone:
            del self._closed[alert]
            self.alerts.pop(alert, None)
        return gone

    def _alert(self, alert: AlertId, recorded: Recorded) -> Change:
        known = self.alerts.get(alert)
        if known is None:
            sheet = begin(recorded)
            entries: tuple[timeline.Entry, ...] = ()
            node = NodeId("")
            if sheet is not None and sheet.case.check is not None:
                self._checks.add(alert)
            if alert in self._checks:
                if is_kind(recorded.event, ev.AlertClosed):
                    self._checks.discard(alert)
                return Change(alert, check=True)
            if sheet is None:
                return NOTHING
        else:
            sheet, entries, node = known.sheet, known.entries, known.node
            inbox = recorded.stream.startswith("inbox-")
            if recorded.version <= (known.case.inbox_version if inbox else known.case.case_version):
                return NOTHING
            sheet = evolve(sheet, recorded)
        case = sheet.case
        entries = timeline.add(entries, recorded, sheet)
        seq = max(recorded.seq, 0 if known is None else known.seq)
        if recorded.stream.startswith("alert-"):
            node = recorded.node
        self.alerts[alert] = ShownAlert(sheet=sheet, seq=seq, node=node, entries=entries)
        over = False
        if case.closed_at is not None:
            self._closed.setdefault(alert, case.closed_at)
            self._at_work.pop(alert, None)
            over = self.alarms.closed(alert)
        else:
            self._closed.pop(alert, None)
            if case.legs or case.reserved or case.operator is not None:
                self._at_work[alert] = None
        event = recorded.event
        operators, lines = isinstance(event, _OPERATORS), isinstance(event, _LINES)
        return Change(alert, operators=operators, lines=lines, alarms=over)

    def _operator(self, operator: OperatorId, recorded: Recorded) -> Change:
        left_at, event = wrap_up.wrap_up_begins_at(recorded), recorded.event
        if left_at is None:
            self.left.pop(operator, None)
        else:
            self.left[operator] = left_at
        if isinstance(event, ev.ShiftChanged):
            self.shifts[operator] = _shift(recorded, event, self.shifts.get(operator))
        return Change(operators=True)

    def _seized(self, seized: ev.LineSeized) -> Change:
        """Apply a seizure without an alert; lines of alerts are known by their legs."""
        before = self.nailed_up.pop(seized.line, None), self.tried.pop(seized.line, None)
        if seized.leg and seized.operator is not None:
            self.nailed_up[seized.line] = seized.operator
        elif seized.leg and seized.tester is not None:
            self.tried[seized.line] = seized.tester
        return Change(lines=before != (self.nailed_up.get(seized.line), self.tried.get(seized.line)))

    def _line(self, recorded: Recorded) -> Change:
        match recorded.event:
            case ev.LineSeized():
                return self._seized(recorded.event)
            case ev.LineQuarantined(line=line, reason=reason):
                self.quarantined[line] = Quarantine(reason=reason, since=recorded.at_us)
                return Change(lines=True)
            case ev.LineReturned(line=line):
                self.quarantined.pop(line, None)
                return Change(lines=True)
            case ev.LineTakenOut(line=line, by=by, reason=reason):
                self.taken_out[line] = TakenOut(by=by, reason=reason, since=recorded.at_us)
                return Change(lines=True, alarms=True)
            case ev.LinePutBack(line=line):
                self.taken_out.pop(line, None)
                return Change(lines=True, alarms=True)
            case _:
                return NOTHING

    def _is_open(self, alert: AlertId) -> bool | None:
        known = self.alerts.get(alert)
        return None if known is None else known.case.closed_at is None


def _shift(recorded: Recorded, event: ev.ShiftChanged, before: Shift | None) -> Shift:
    """Return the shift. A repetition by another node, after the operator's own node was lost, keeps the
    start.
    """
    same = before is not None and (before.state, before.reason) == (event.state, event.reason)
    since = before.since if before is not None and same else recorded.at_us
    return Shift(state=event.state, since=since, reason=event.reason, node=recorded.node)


_OPERATORS: Final = (
    ev.OperatorReserved,
    ev.OperatorJoined,
    ev.OperatorLeft,
    ev.OperatorNotAnswering,
    ev.ListenRequested,
    ev.ListenerLeft,
    ev.AlertClosed,
    Unreadable,
)
_LINES: Final = (ev.LegOriginating, ev.LegAnswered, ev.LegReleased, Unreadable)
