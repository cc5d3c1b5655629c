"""The process that grants lines, from the journal's seizures and what the modems say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from thespian.actors import ActorAddress

from actors.trunk_pool.decider import Granted, Line, grant, preempted
from messages.envelope import Envelope
from messages.events import LineSeized
from messages.ids import Instant, LineId, Role
from messages.lines import AskLine, LineGranted, LineRefused, LineReport, PreemptCase, RequestLine
from model.live import LiveCases
from model.policy import Setup
from runtime.actor import CenterActor
from store.errors import StoreError
from store.following import Following
from store.journal import Journal
from store.projections import Lines


class TrunkPoolActor(CenterActor):
    """Which line; the emergency trunk is 112's alone."""

    role: ClassVar[Role] = Role.TRUNK_POOL

    def started(self) -> None:
        """Read which lines are seized, and ask every modem how it is."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.env.open_journal_as(Journal)
        self._lines, self._live = Lines(), LiveCases()
        self._follower = Following(self._journal, self._lines, self._live)
        self._reports: dict[LineId, tuple[LineReport, Instant]] = {}
        self._granted: dict[LineId, Granted] = {}
        self._last_used: dict[LineId, Instant] = {}
        for spec in self._setup.lines:
            self.tell(Role.GSM_MODEM, spec.line, AskLine())

    def stopping(self) -> None:
        """Nothing of this actor's own has to last."""
        self._follower.close()
        self._journal.close()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """A request, or a modem about its line."""
        body = envelope.body
        match body:
            case RequestLine():
                self._follow()
                self._grant(body, sender)
            case LineReport(line=line):
                self._reports[line] = (body, self.now_us())
            case _:
                self.log.warning("not for the trunks' pool", kind=type(body).__name__)

    def tick(self, now_us: Instant) -> None:
        """Keep up, so that little is left to read when somebody asks.

        Not at every commit: that would take the processor from those for whom the commit was made.
        """
        self._follow()

    def _follow(self) -> None:
        try:
            new = self._follower.catch_up()
        except StoreError as error:
            self.log.error("the journal cannot be read", error=str(error))
            return
        for recorded in new:
            if isinstance(recorded.event, LineSeized):
                self._last_used[recorded.event.line] = recorded.at_us

    def _grant(self, request: RequestLine, sender: ActorAddress) -> None:
        now_us = self.now_us()
        lines = list(self._all_lines())
        answer: LineGranted | LineRefused = grant(request, lines, self._granted, self._setup.policy, now_us)
        if isinstance(answer, LineGranted):
            self._granted[answer.line] = Granted(leg=request.leg, at=now_us)
        else:
            self._preempt(request, lines)
        self.answer(sender, answer, request.alert)

    def _preempt(self, request: RequestLine, lines: list[Line]) -> None:
        line = preempted(request, lines)
        if line is None or line.seized_by is None or line.alert is None:
            return
        for entry in self.env.directory.all_of(Role.ALERT_CASE):
            if entry.alert == line.alert:
                preempt = PreemptCase(alert=line.alert, leg=line.seized_by)
                self.tell(Role.ALERT_CASE, entry.key, preempt, line.alert)

    def _all_lines(self) -> Iterator[Line]:
        for spec in self._setup.lines:
            held = self._lines.lines.get(spec.line)
            report, heard_at = self._reports.get(spec.line, (None, Instant(0)))
            case = None if held is None or held.alert is None else self._live.cases.get(held.alert)
            leg = None if case is None or held is None or held.leg is None else case.legs.get(held.leg)
            yield Line(
                line=spec.line,
                trunk=spec.trunk,
                emergency=spec.emergency,
                inbound=spec.inbound,
                version=0 if held is None else held.version,
                report=report,
                heard_at=heard_at,
                seized_by=None if held is None else held.leg,
                alert=None if held is None else held.alert,
                test=case is not None and case.test,
                party=None if leg is None else leg.party,
                quarantined=held is not None and held.quarantined,
                last_used_at=self._last_used.get(spec.line, Instant(0)),
            )
