"""Process of one leg: passes orders to the modem and reports to the case; the decider makes both."""

from __future__ import annotations

from typing import ClassVar, Final

from msgspec.structs import replace
from thespian.actors import ActorAddress

from actors.call_leg.decider import (
    UNHEARD_US,
    Act,
    Order,
    Task,
    on_call,
    on_line_back,
    on_lost,
    on_tick,
    on_unheard,
    on_wish,
)
from actors.call_leg.own_voice import OwnVoice
from messages.calls import CallReport, CallState, LineBack
from messages.cases import LegReady, Originate, ReleaseLeg, RestLeg
from messages.envelope import Envelope
from messages.ids import SECOND, Instant, LineId, Role, WorkerId
from model.rules.calls.own_line import carrier_of, is_own_line
from model.setup import Setup
from runtime.actor import CenterActor

ALONE_US: Final = Instant(3 * SECOND)
"""Time without an order after which the case is contacted, in microseconds; a case sends orders each
second.
"""


class CallLegActor(CenterActor):
    """Leg in one place of a worker, `c00/user`; the case assigns the leg."""

    role: ClassVar[Role] = Role.CALL_LEG

    def started(self) -> None:
        """Report as ready without any kept state: the case of the worker assigns the leg."""
        self._lines = self.env.settings_as(Setup).settings.lines
        self._task: Task | None = None
        self._own = OwnVoice(self.env)
        self._new = True
        self._heard_at = self.now_us()
        self._said_at = Instant(0)
        """Time at which the newest order was sent."""
        worker, _, self._place = self.key.partition("/")
        self._worker = WorkerId(worker)
        self.tell(Role.ALERT_CASE, worker, LegReady(worker=self._worker, place=self._place))

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle an order of the case or a report of the modem."""
        body, now_us = envelope.body, self.now_us()
        match body:
            case Originate() | ReleaseLeg() | RestLeg() if envelope.at_us < self._said_at:
                # An order older than the last one is late: carried out, it would call a party twice.
                self.log.info("order dropped: a newer order was received", message=envelope.id)
            case Originate() | ReleaseLeg():
                self._heard_at, self._said_at = now_us, envelope.at_us
                self.set_alert(body.alert)
                self._do(on_wish(self._task, body, now_us))
                self._end_if_lost()
            case CallReport(line=line) if is_own_line(line) and not self._own.counts_report(
                line, envelope.node
            ):
                self.log.info(
                    "report dropped: the operator's audio is at another node",
                    line=line,
                    said_by=envelope.node,
                )
            case CallReport():
                said = self._own.without_move(body, envelope.node) if is_own_line(body.line) else body
                self._do(on_call(self._task, said, now_us))
                self._say_taken_over(said)
            case LineBack(line=line):
                self._new = True
                self._do(on_line_back(self._task, line, now_us))
            case RestLeg() if envelope.alert not in (None, self.alert) and self.alert is not None:
                pass  # from a case that has taken over the previous leg of this worker
            case RestLeg():
                self._said_at = envelope.at_us
                self._task, self._new = None, False
                self.set_alert(None)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Repeat the order to the modem, and contact the case, if the case has been silent."""
        self._do(on_tick(self._task, now_us))
        self._end_if_lost()
        if self.alert is not None and now_us - self._heard_at >= ALONE_US:
            # The end of the alert, or of the need for this leg, is sent only once.
            self._heard_at = now_us
            self.tell(
                Role.ALERT_CASE, self._worker, LegReady(worker=self._worker, place=self._place), self.alert
            )

    def _say_taken_over(self, said: CallReport) -> None:
        """Log the first report of a live call after a start of the leg or of the modem's process."""
        task = self._task
        if not self._new or task is None or said.state in (CallState.UNKNOWN, CallState.DIALLING):
            return
        self._new = False
        if isinstance(task.wish, Originate) and task.wish.seen is not CallState.UNKNOWN:
            self.log.info("call taken over", leg=said.leg, state=said.state, line=said.line)

    def _do(self, act: Act) -> None:
        self._task = act.task
        if act.line is not None and act.order is not None:
            self._order(act.line, act.order)
        if act.report is not None:
            self.tell(Role.ALERT_CASE, self._worker, self._with_reachable_voice(act.report), self.alert)

    def _order(self, line: LineId, order: Order) -> None:
        """Send the order to the process that carries the calls of this line, on any node."""
        role, key = carrier_of(line)
        order = replace(order, line=line)
        if not is_own_line(line):
            self.tell_line(role, key, order, self.alert)
        elif (node := self._own.node_of(line)) is not None:
            self.tell_node(node, role, key, order, self.alert)

    def _with_reachable_voice(self, report: CallReport) -> CallReport:
        """Return the report with the voice port as this node's bridge can open it."""
        task = self._task
        if report.voice is None or task is None:
            return report
        line = task.wish.line
        if is_own_line(line):
            return replace(report, voice=self._own.port(line, report.voice))
        return replace(report, voice=self.env.peers.voice_of(line, report.voice, self._lines))

    def _end_if_lost(self) -> None:
        """End the call if the node of its line is lost; the party is then called on a remaining line."""
        if self.env.peers.alone or self._task is None or self._task.done:
            return
        line = self._task.wish.line
        if is_own_line(line):
            return
        if self.env.peers.is_lost(line, self._lines):
            self.log.warning("the node of the line is lost", line=line, leg=self._task.wish.leg)
            self._do(on_lost(self._task))
        elif self.env.peers.with_line(line) is not None:
            self._do(on_unheard(self._task, self.now_us()))
            if self._task is not None and (due := self._task.since + UNHEARD_US) > self.now_us():
                self.at(Instant(due), "unheard")

    def timer(self, timer: object, now_us: Instant) -> None:
        """End a call on another node's line if neither its reports nor its voice arrive any more."""
        self._end_if_lost()
