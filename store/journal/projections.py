"""What can be folded from the journal and kept in memory beside the open alerts: operators and lines.

Each fold takes every event in the journal's order (`apply`) and ignores those that do not
concern it. `store.journal.rebuild` fills new ones without reading the whole journal; what it leaves out
must make no difference here, so that nothing of an alert counts once the alert is closed:

- a line is the alert's of its last `line.seized` until the last of this alert's legs on it is released
  (one that joins in the network has several), or until the alert is closed, and then any other's whose leg
  is still on it; where it is an operator's
  and no alert's, is being tried, or somebody on duty is called on it, until the next `line.seized`;
- an operator is reserved by the alert of the last `operator.reserved` until that alert's
  `operator.left`, `operator.not_answering` or `listener.left` names that one, or until the alert is closed;
- an operator's part in an alert ended with the `operator.left` that is the newest event of the own stream.

A reservation for an alert that is not open is none. The folds decide nothing; a pool names what
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
from model.rules.calls.own_line import is_own
from store.streams import StreamKind, alert_of


class Fold(Protocol):
    """Something that is made of events."""

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""


class OperatorState(msgspec.Struct, frozen=True, kw_only=True):
    """One operator, as the operator's stream and the open alerts tell."""

    operator: OperatorId
    version: int
    """Of the operator's stream: what an append that reserves the operator has to expect."""
    state: ShiftState = ShiftState.OFF
    since: Instant | None = None
    """When the shift last changed."""
    reason: str = ""
    node: NodeId = NodeId("")
    """Where it was said: console, headset and a call nailed up are that node's."""
    reserved_by: AlertId | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND
    left_at: Instant | None = None
    """When a part in an alert ended, if that is the newest thing in the stream: see `model.rules.wrap_up`.
    """

    @property
    def free(self) -> bool:
        """Whether the operator can be had: on shift, not paused, no alert's."""
        return self.state is ShiftState.READY and self.reserved_by is None


class Operators:
    """Everybody who ever was on shift or reserved."""

    def __init__(self) -> None:
        """Nobody yet."""
        self.operators: Final[dict[OperatorId, OperatorState]] = {}
        self._open: Final[set[AlertId]] = set()

    @property
    def on_shift(self) -> int:
        """Return how many operators are on shift, free or not."""
        return sum(one.state is ShiftState.READY for one in self.operators.values())

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""
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
        now = replace(before, version=recorded.version, left_at=wrap_up.begun(recorded))
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
    """Who has taken a line out of service, why and when."""

    by: OperatorId
    reason: str
    since: Instant


class LineHold(msgspec.Struct, frozen=True, kw_only=True):
    """One line, as its stream and the open alerts tell."""

    line: LineId
    version: int
    """Of its stream: what an append that seizes it has to expect."""
    alert: AlertId | None = None
    leg: LegId | None = None
    attempt: int = 0
    """Whose it is, the newest of its legs; none while it is nobody's."""
    operator: OperatorId | None = None
    """Who is nailed up on it, where it is no alert's."""
    tester: OperatorId | None = None
    """Who tries it with a call, where it is neither an alert's nor nailed up."""
    callout: str | None = None
    """Because of which callout somebody on duty is called on it; otherwise as with `tester`."""
    quarantined: bool = False
    reason: str = ""
    taken_out: TakenOut | None = None

    @property
    def gives_way(self) -> bool:
        """Whether a call of the center's own is on it, which an alert need not wait for."""
        return self.tester is not None or self.callout is not None

    @property
    def free(self) -> bool:
        """Whether the journal lets it be seized; whether its modem can is another question."""
        return self.leg is None and not self.quarantined and self.taken_out is None


class Lines:
    """Every line that was ever seized, quarantined or taken out of service."""

    def __init__(self) -> None:
        """None yet."""
        self.lines: Final[dict[LineId, LineHold]] = {}
        self._open: Final[set[AlertId]] = set()
        self._legs: Final[dict[AlertId, dict[LegId, tuple[LineId, int]]]] = {}
        """Of each open alert, where its legs stand, and with which attempt."""

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""
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
                        self._settle(_nobodys(one))
            case LegOriginating(leg=leg, line=line, attempt=attempt) if alert in self._open:
                legs = self._legs.setdefault(alert, {})
                # Put anew, so that the newest stands last.
                legs.pop(leg, None)
                legs[leg] = (line, attempt)
                if not is_own(line):
                    self._settle(self.lines.get(line) or LineHold(line=line, version=0))
            case LegReleased(leg=leg, attempt=attempt):
                legs = self._legs.get(alert, {})
                if leg in legs and legs[leg][1] == attempt:
                    del legs[leg]
                for one in list(self.lines.values()):
                    if (one.alert, one.leg, one.attempt) == (alert, leg, attempt):
                        self._settle(_nobodys(one))
            case _:
                pass

    def _settle(self, hold: LineHold) -> None:
        """A line that is nobody's, though a call stands on it, is that call's: so it is where a second call
        came in on it, was an alert's, and has gone again.
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
            self.lines.pop(hold.line, None)  # its own stream says nothing, and nobody is on it any more
        else:
            self.lines[hold.line] = hold

    def _own(self, line: LineId, recorded: Recorded) -> None:
        before = self.lines.get(line) or LineHold(line=line, version=0)
        now = replace(before, version=recorded.version)
        match recorded.event:
            case LineSeized(operator=str(operator), leg=leg, attempt=attempt) if leg:
                now = replace(_nobodys(now), leg=leg, attempt=attempt, operator=operator)
            case LineSeized(tester=str(tester), leg=leg, attempt=attempt) if leg:
                now = replace(_nobodys(now), leg=leg, attempt=attempt, tester=tester)
            case LineSeized(callout=str(callout), leg=leg, attempt=attempt) if leg:
                now = replace(_nobodys(now), leg=leg, attempt=attempt, callout=callout)
            case LineSeized(alert=str(alert), leg=leg, attempt=attempt) if alert in self._open:
                now = replace(_nobodys(now), alert=alert, leg=leg, attempt=attempt)
            case LineSeized():
                now = _nobodys(now)
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


def _nobodys(hold: LineHold) -> LineHold:
    return replace(hold, alert=None, leg=None, attempt=0, operator=None, tester=None, callout=None)
