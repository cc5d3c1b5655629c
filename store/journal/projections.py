"""Folds of the journal in memory, besides the open alerts: operators and lines.

Each fold takes every event in the journal's order (`apply`) and ignores those that do not concern it.
`store.journal.rebuild` fills new folds without reading the whole journal. The events left out must make no
difference, so that no event of an alert counts once the alert is closed:

- a line belongs to the alert of its last `line.seized` until that alert is closed or the last of its legs on
  the line is released (an alert that joins in the network has several). Then the line belongs to any other
  alert with a leg on it;
- a line held for an operator's shift, a line test or a callout is held until the next `line.seized`;
- an operator is reserved by the alert of the last `operator.reserved` until that alert is closed, or has an
  `operator.left`, `operator.not_answering` or `listener.left` of the operator;
- an operator's part in an alert ended with `operator.left`, if that is the newest event of the operator's
  stream.

A reservation for an alert that is not open does not count. The folds decide nothing: a pool proposes what
they show, and the append at the shown version decides.
"""

from __future__ import annotations

from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from messages.events import (
    AlertClosed,
    AlertReceived,
    AlertReopened,
    LegOriginating,
    LegReleased,
    LinePutBack,
    LineQuarantined,
    LineReturned,
    LineSeized,
    LineTakenOut,
    ListenerLeft,
    OperatorLeft,
    OperatorNotAnswering,
    OperatorReserved,
    ShiftChanged,
)
from messages.ids import (
    AlertId,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorId,
    OperatorLine,
    ShiftState,
)
from messages.journal import Recorded, Unreadable
from model.rules import wrap_up
from model.rules.calls.own_line import is_own_line
from store.streams import StreamKind, alert_of


class Fold(Protocol):
    """State that is built from events."""

    def apply(self, recorded: Recorded) -> None:
        """Apply the next event."""


class OperatorState(msgspec.Struct, frozen=True, kw_only=True):
    """State of one operator, by the operator's stream and the open alerts."""

    operator: OperatorId
    version: int
    """Version of the operator's stream, which an append that reserves the operator must expect."""
    state: ShiftState = ShiftState.OFF
    since: Instant | None = None
    """Time at which the shift last changed."""
    reason: str = ""
    node: NodeId = NodeId("")
    """Node of the last change of shift: console, headset and nailed-up call are at that node."""
    reserved_by: AlertId | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND
    left_at: Instant | None = None
    """End of a part in an alert, if it is the newest event of the stream: see `model.rules.wrap_up`."""

    @property
    def free(self) -> bool:
        """True if the operator is available: on shift, not paused, not reserved."""
        return self.state is ShiftState.READY and self.reserved_by is None


class Operators:
    """Operators that were ever on shift or reserved."""

    def __init__(self) -> None:
        """Start without operators."""
        self.operators: Final[dict[OperatorId, OperatorState]] = {}
        self._open: Final[set[AlertId]] = set()

    @property
    def on_shift(self) -> int:
        """Number of operators on shift, reserved or not."""
        return sum(one.state is ShiftState.READY for one in self.operators.values())

    def apply(self, recorded: Recorded) -> None:
        """Apply the next event."""
        kind, _, owner = recorded.stream.partition("-")
        if kind == StreamKind.OPERATOR:
            self._own(OperatorId(owner), recorded)
            return
        alert = alert_of(recorded.stream)
        if alert is None:
            return
        match recorded.event:
            case AlertReceived() | AlertReopened() | Unreadable(kind="alert.received" | "alert.reopened"):
                self._open.add(alert)
            case AlertClosed() | Unreadable(kind="alert.closed"):
                self._open.discard(alert)
                for one in list(self.operators.values()):
                    self._free(one.operator, alert)
            case (
                OperatorLeft(operator=operator)
                | OperatorNotAnswering(operator=operator)
                | ListenerLeft(operator=operator)
            ):
                self._free(operator, alert)
            case _:
                pass

    def _own(self, operator: OperatorId, recorded: Recorded) -> None:
        before = self.operators.get(operator) or OperatorState(operator=operator, version=0)
        now = replace(before, version=recorded.version, left_at=wrap_up.wrap_up_begins_at(recorded))
        match recorded.event:
            case ShiftChanged(state=state, reason=reason):
                now = replace(now, state=state, since=recorded.at_us, reason=reason, node=recorded.node)
            case OperatorReserved(alert=alert, mode=mode):
                now = replace(now, reserved_by=alert if alert in self._open else None, mode=mode)
            case _:
                pass
        self.operators[operator] = now

    def _free(self, operator: OperatorId, alert: AlertId) -> None:
        state = self.operators.get(operator)
        if state is not None and state.reserved_by == alert:
            self.operators[operator] = replace(state, reserved_by=None)


class TakenOut(msgspec.Struct, frozen=True, kw_only=True):
    """Removal of a line from service: operator, reason and time."""

    by: OperatorId
    reason: str
    since: Instant


class LineHold(msgspec.Struct, frozen=True, kw_only=True):
    """State of one line, by its stream and the open alerts."""

    line: LineId
    version: int
    """Version of its stream, which an append that seizes the line must expect."""
    alert: AlertId | None = None
    leg: LegId | None = None
    attempt: int = 0
    """Attempt of the leg that holds the line, the newest; alert and leg are None on an unassigned line."""
    operator: OperatorId | None = None
    """Operator with a nailed-up call on the line, if no alert holds it."""
    tester: OperatorId | None = None
    """Operator who tests the line with a call, if neither an alert nor a nailed-up call holds it."""
    callout: str | None = None
    """Callout that uses the line to call a person on duty; otherwise as `tester`."""
    quarantined: bool = False
    reason: str = ""
    taken_out: TakenOut | None = None

    @property
    def gives_way(self) -> bool:
        """True if a call of the center's own is on the line, which yields to an alert."""
        return self.tester is not None or self.callout is not None

    @property
    def free(self) -> bool:
        """True if the journal permits seizing the line; the state of its modem is not considered."""
        return self.leg is None and not self.quarantined and self.taken_out is None


class Lines:
    """Lines that were ever seized, quarantined or taken out of service."""

    def __init__(self) -> None:
        """Start without lines."""
        self.lines: Final[dict[LineId, LineHold]] = {}
        self._open: Final[set[AlertId]] = set()
        self._legs: Final[dict[AlertId, dict[LegId, tuple[LineId, int]]]] = {}
        """Line and attempt of each leg of each open alert."""

    def apply(self, recorded: Recorded) -> None:
        """Apply the next event."""
        kind, _, owner = recorded.stream.partition("-")
        if kind == StreamKind.LINE:
            self._own(LineId(owner), recorded)
            return
        if kind == StreamKind.SERVICE:
            self._ordered(LineId(owner), recorded)
            return
        alert = alert_of(recorded.stream)
        if alert is None:
            return
        match recorded.event:
            case AlertReceived() | AlertReopened() | Unreadable(kind="alert.received" | "alert.reopened"):
                self._open.add(alert)
            case AlertClosed() | Unreadable(kind="alert.closed"):
                self._open.discard(alert)
                self._legs.pop(alert, None)
                for one in list(self.lines.values()):
                    if one.alert == alert:
                        self._settle(_without_holder(one))
            case LegOriginating(leg=leg, line=line, attempt=attempt) if alert in self._open:
                legs = self._legs.setdefault(alert, {})
                # Inserted again, so that the newest leg is last.
                legs.pop(leg, None)
                legs[leg] = (line, attempt)
                if not is_own_line(line):
                    self._settle(self.lines.get(line) or LineHold(line=line, version=0))
            case LegReleased(leg=leg, attempt=attempt):
                legs = self._legs.get(alert, {})
                if leg in legs and legs[leg][1] == attempt:
                    del legs[leg]
                for one in list(self.lines.values()):
                    if (one.alert, one.leg, one.attempt) == (alert, leg, attempt):
                        self._settle(_without_holder(one))
            case _:
                pass

    def _settle(self, hold: LineHold) -> None:
        """Store the hold. An unassigned line with a call of an open alert is assigned to that call, as after
        a second incoming call that held the line and has ended.
        """
        on_it = [
            (alert, leg, attempt)
            for alert, legs in self._legs.items()
            for leg, (line, attempt) in legs.items()
            if line == hold.line
        ]
        if hold.leg is None and on_it:
            alert, leg, attempt = on_it[-1]
            hold = replace(hold, alert=alert, leg=leg, attempt=attempt)
        if hold == LineHold(line=hold.line, version=0):
            self.lines.pop(hold.line, None)  # its own stream has no event, and no leg is on the line
        else:
            self.lines[hold.line] = hold

    def _own(self, line: LineId, recorded: Recorded) -> None:
        before = self.lines.get(line) or LineHold(line=line, version=0)
        now = replace(before, version=recorded.version)
        match recorded.event:
            case LineSeized(operator=str(operator), leg=leg, attempt=attempt) if leg:
                now = replace(_without_holder(now), leg=leg, attempt=attempt, operator=operator)
            case LineSeized(tester=str(tester), leg=leg, attempt=attempt) if leg:
                now = replace(_without_holder(now), leg=leg, attempt=attempt, tester=tester)
            case LineSeized(callout=str(callout), leg=leg, attempt=attempt) if leg:
                now = replace(_without_holder(now), leg=leg, attempt=attempt, callout=callout)
            case LineSeized(alert=str(alert), leg=leg, attempt=attempt) if alert in self._open:
                now = replace(_without_holder(now), alert=alert, leg=leg, attempt=attempt)
            case LineSeized():
                now = _without_holder(now)
            case LineQuarantined(reason=reason):
                now = replace(now, quarantined=True, reason=reason)
            case LineReturned():
                now = replace(now, quarantined=False, reason="")
            case _:
                pass
        self._settle(now)

    def _ordered(self, line: LineId, recorded: Recorded) -> None:
        before = self.lines.get(line) or LineHold(line=line, version=0)
        match recorded.event:
            case LineTakenOut(by=by, reason=reason):
                out = TakenOut(by=by, reason=reason, since=recorded.at_us)
                self._settle(replace(before, taken_out=out))
            case LinePutBack():
                self._settle(replace(before, taken_out=None))
            case _:
                pass


def _without_holder(hold: LineHold) -> LineHold:
    return replace(hold, alert=None, leg=None, attempt=0, operator=None, tester=None, callout=None)
