"""What can be folded from the journal and kept in memory: open alerts, operators, lines.

Each fold takes every event in the journal's order (`apply`) and ignores those that do not
concern it. `store.journal.rebuild` fills new ones without reading the whole journal; what it leaves out
must make no difference here, so that nothing of an alert counts once the alert is closed:

- a line is the alert's of its last `line.seized` until the last of this alert's legs on it is released
  (one that joins in the network has several), or until the alert is closed, and then any other's whose leg
  is still on it; where it is an operator's
  and no alert's, until the next `line.seized`;
- an operator is reserved by the alert of her last `operator.reserved` until that alert's
  `operator.left`, `operator.not_answering` or `listener.left` names her, or until the alert is closed;
- her part in an alert ended with the `operator.left` that is the newest event of her own stream.

A reservation for an alert that is not open is none. The folds decide nothing; a pool names what
they show, and the append at the shown version decides.
"""

from __future__ import annotations

from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from messages.events import (
    AdviceChanged,
    AlertCancelled,
    AlertClosed,
    AlertReceived,
    AlertReopened,
    AlertSignalAdded,
    CaseOpened,
    DeadlineMissed,
    LegOriginating,
    LegReleased,
    LineQuarantined,
    LineReturned,
    LineSeized,
    ListenerLeft,
    OperatorJoined,
    OperatorLeft,
    OperatorNotAnswering,
    OperatorReserved,
    PsapRequested,
    ShiftChanged,
    UserIdentified,
    UserReached,
)
from messages.ids import (
    E164,
    Advice,
    AlertId,
    Channel,
    CrewId,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorId,
    OperatorLine,
    ShiftState,
    UserId,
)
from messages.journal import Recorded
from model.rules import wrap_up
from model.rules.own_line import is_own
from store.streams import StreamKind, alert_of


class Fold(Protocol):
    """Something that is made of events."""

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""


class OpenAlert(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of alerts needs to know of one; the whole story is `model.alert.case.Case`."""

    alert: AlertId
    seq: int
    """The place of `alert.received`: the order of arrival."""
    channel: Channel
    received_at: Instant
    raised_at: Instant
    deadline_at: Instant
    phone: E164 | None = None
    device: str | None = None
    user: UserId | None = None
    test: bool = False
    silent: bool = False
    duress: bool = False
    cancelled: bool = False
    line: LineId | None = None
    """Where the user's own call came in, with its number there."""
    call: int | None = None
    node: NodeId | None = None
    crew: CrewId | None = None
    """Who has opened the case; none while the alert waits."""
    incarnation: int = 0
    reserved: tuple[OperatorId, ...] = ()
    operator: OperatorId | None = None
    """Who is on the line and has the case."""
    reached_at: Instant | None = None
    missed: bool = False
    psap: bool = False
    """Whether 112 has been asked for."""
    advice: Advice = Advice.WAIT
    inbox_version: int = 0
    case_version: int = 0

    @property
    def has_case(self) -> bool:
        """Whether an AlertCase has taken it."""
        return self.crew is not None


class OpenAlerts:
    """Every alert that was received and is not closed."""

    def __init__(self) -> None:
        """None yet."""
        self.alerts: Final[dict[AlertId, OpenAlert]] = {}
        self._closed: Final[dict[AlertId, OpenAlert]] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""
        alert = alert_of(recorded.stream)
        if alert is None:
            return
        open_alert = self.alerts.get(alert)
        match recorded.event:
            case AlertReceived() as event if recorded.version == 1:
                self.alerts[alert] = _received(alert, recorded.seq, event)
            case AlertClosed() if open_alert is not None:
                self._closed[alert] = _evolve(self.alerts.pop(alert), recorded)
            case AlertReopened() if alert in self._closed:
                self.alerts[alert] = _evolve(self._closed.pop(alert), recorded)
            case _ if open_alert is not None:
                self.alerts[alert] = _evolve(open_alert, recorded)

    def by_deadline(self) -> list[OpenAlert]:
        """Earliest deadline first; of two alike the one received first; tests after everything real."""
        return sorted(self.alerts.values(), key=lambda one: (one.test, one.deadline_at, one.seq))


def _received(alert: AlertId, seq: int, event: AlertReceived) -> OpenAlert:
    return OpenAlert(
        alert=alert,
        seq=seq,
        channel=event.channel,
        received_at=event.received_at,
        raised_at=event.raised_at,
        deadline_at=event.deadline_at,
        phone=event.phone,
        device=event.device,
        test=event.test,
        silent=event.silent,
        line=event.line,
        call=event.call,
        inbox_version=1,
    )


def _evolve(alert: OpenAlert, recorded: Recorded) -> OpenAlert:
    if recorded.stream.startswith(StreamKind.INBOX):
        alert = replace(alert, inbox_version=recorded.version)
    else:
        alert = replace(alert, case_version=recorded.version)
    match recorded.event:
        case AlertSignalAdded(phone=phone, device=device, line=line, call=call, silent=silent):
            alert = replace(
                alert,
                phone=alert.phone or phone,
                device=alert.device or device,
                line=line if line is not None else alert.line,
                call=call if line is not None else alert.call,
                silent=alert.silent or silent,
            )
        case AlertCancelled(duress=duress):
            alert = replace(alert, cancelled=True, duress=alert.duress or duress)
        case DeadlineMissed():
            alert = replace(alert, missed=True)
        case AdviceChanged(advice=advice):
            alert = replace(alert, advice=advice)
        case CaseOpened(node=node, crew=crew, incarnation=incarnation):
            alert = replace(alert, node=node, crew=crew, incarnation=incarnation)
        case UserIdentified(user=user, phone=phone):
            alert = replace(alert, user=user, phone=alert.phone or phone)
        case OperatorReserved(operator=operator) if operator not in alert.reserved:
            alert = replace(alert, reserved=(*alert.reserved, operator))
        case OperatorJoined(operator=operator):
            alert = replace(alert, operator=operator)
        case OperatorLeft(operator=operator) | OperatorNotAnswering(operator=operator):
            alert = replace(
                alert,
                reserved=tuple(one for one in alert.reserved if one != operator),
                operator=None if alert.operator == operator else alert.operator,
            )
        case UserReached() if alert.reached_at is None:
            alert = replace(alert, reached_at=recorded.at_us)
        case PsapRequested():
            alert = replace(alert, psap=True)
        case AlertReopened():
            alert = replace(
                alert,
                node=None,
                crew=None,
                incarnation=0,
                reserved=(),
                operator=None,
                psap=False,
                advice=Advice.WAIT,
            )
        case _:
            pass
    return alert


class OperatorState(msgspec.Struct, frozen=True, kw_only=True):
    """One operator, as her stream and the open alerts tell."""

    operator: OperatorId
    version: int
    """Of her stream: what an append that reserves her has to expect."""
    state: ShiftState = ShiftState.OFF
    since: Instant | None = None
    """When the shift last changed."""
    reason: str = ""
    node: NodeId = NodeId("")
    """Where she has said so: her console, her headset and a call nailed up for her are that node's."""
    reserved_by: AlertId | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND
    left_at: Instant | None = None
    """When her part in an alert ended, if that is the newest thing in her stream: see `model.rules.wrap_up`.
    """

    @property
    def free(self) -> bool:
        """Whether she can be had: on shift, not paused, no alert's."""
        return self.state is ShiftState.READY and self.reserved_by is None


class Operators:
    """Everybody who ever was on shift or reserved."""

    def __init__(self) -> None:
        """Nobody yet."""
        self.operators: Final[dict[OperatorId, OperatorState]] = {}
        self._open: Final[set[AlertId]] = set()

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
            case AlertReceived() | AlertReopened():
                self._open.add(alert)
            case AlertClosed():
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
    quarantined: bool = False
    reason: str = ""

    @property
    def free(self) -> bool:
        """Whether the journal lets it be seized; whether its modem can is another question."""
        return self.leg is None and not self.quarantined


class Lines:
    """Every line that was ever seized or quarantined."""

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
        alert = alert_of(recorded.stream)
        if alert is None:
            return
        match recorded.event:
            case AlertReceived() | AlertReopened():
                self._open.add(alert)
            case AlertClosed():
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
        self.lines[hold.line] = hold

    def _own(self, line: LineId, recorded: Recorded) -> None:
        before = self.lines.get(line) or LineHold(line=line, version=0)
        now = replace(before, version=recorded.version)
        match recorded.event:
            case LineSeized(operator=str(operator), leg=leg, attempt=attempt) if leg:
                now = replace(now, alert=None, leg=leg, attempt=attempt, operator=operator)
            case LineSeized(alert=str(alert), leg=leg, attempt=attempt) if alert in self._open:
                now = replace(now, alert=alert, leg=leg, attempt=attempt, operator=None)
            case LineSeized():
                now = _nobodys(now)
            case LineQuarantined(reason=reason):
                now = replace(now, quarantined=True, reason=reason)
            case LineReturned():
                now = replace(now, quarantined=False, reason="")
            case _:
                pass
        self._settle(now)


def _nobodys(hold: LineHold) -> LineHold:
    return replace(hold, alert=None, leg=None, attempt=0, operator=None)
